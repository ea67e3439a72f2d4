"""What is uploaded to Lambda, as a zip: a binary, or the Python function with the packages that it needs.

Of the packages, what AWS's runtime brings (`awslambdaric`) is left out; `boto3` is in, since AWS recommends to bring
the version that one has tested with.
"""

from __future__ import annotations

import sys
import zipfile
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement


def needed(names: list[str]) -> list[metadata.Distribution]:
    """These packages, and all that they need."""
    found: dict[str, metadata.Distribution] = {}
    while names:
        distribution = metadata.distribution(names.pop())
        name = distribution.metadata["Name"].lower()
        if name in found:
            continue
        found[name] = distribution
        for text in distribution.requires or []:
            requirement = Requirement(text)
            if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
                names.append(requirement.name)
    return list(found.values())


def main() -> None:
    kind, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        if kind == "binary":
            archive.write(source, "bootstrap")
            return
        for file in source.glob("*.py"):
            archive.write(file, file.name)
        for distribution in needed(["boto3", "cryptography"]):
            for file in distribution.files or []:
                # What pip writes beside what the package has, and programs for the command line.
                if ".." not in file.parts and file.suffix != ".pyc":
                    archive.write(str(file.locate()), str(file))


main()
