"""The local cloud: the deployed template on emulated AWS services, with the real function binaries.

It is not a model of IAM: no call is refused for want of a permission.
"""
