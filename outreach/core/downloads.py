"""Files on their way out: names that survive Chinese characters, never opened in place."""

from urllib.parse import quote

from flask import make_response, send_file

from outreach.core import files


def attachment(content: bytes, name: str, media_type: str):
    """``content`` as a download called ``name``."""
    response = make_response(content)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def stored(file):
    """An uploaded file (:class:`outreach.core.files.StoredFile`) as a download."""
    with file.path.open("rb") as content:
        name = files.fitting(file.name, file.media_type, content.read(16))  # older versions kept any ending
    response = send_file(file.path, mimetype=file.media_type, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
