"""What Word and Excel files have in common: text that their XML can hold, and the same bytes for the same content."""

import io
import re
import zipfile
from datetime import datetime

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def holdable(text: str) -> str:
    """Text without what XML cannot hold, which it shows as replaced; line ends are one character."""
    return NOT_IN_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def settled(office_file: bytes, moment: datetime) -> bytes:
    """A Word or Excel file whose clock stands at `moment`: the times of its parts, and when it says it was changed."""
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode()
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office_file)) as before, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, part)
            info = zipfile.ZipInfo(name, (max(moment.year, 1980), moment.month, moment.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(info, part)
    return kept.getvalue()
