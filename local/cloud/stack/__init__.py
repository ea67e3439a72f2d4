"""The template, from SAM source to created resources."""
