"""The certificate by which an API knows this client: its files, checked before any request."""

import ssl
from pathlib import Path

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.project import locate_project
from analytics_ingest.declaration.models.client import Certificate
from analytics_ingest.extract.settings import SettingValues

ClientCertificate = tuple[str, str]
"""The files of the certificate and of its key."""


def read_certificate(declared: Certificate, settings: SettingValues) -> ClientCertificate | None:
    """Read the files of the declared certificate; None if settings are missing.

    Raises:
        SettingError: One cannot be read; the message shows neither its path nor what it holds.
    """
    cert = settings.fill(declared.cert)
    key = settings.fill(declared.key) if declared.key else cert
    if settings.has_missing:
        return None  # `check` names all missing settings together.
    files = _check_file(settings.api, "cert", cert), _check_file(settings.api, "key", key)
    try:
        # An encrypted key would make OpenSSL ask for its passphrase.
        ssl.create_default_context().load_cert_chain(*files, password="")
    except (ssl.SSLError, ValueError):
        raise SettingError(
            f"{settings.api}: the files of client.certificate are not a certificate in PEM and its "
            "key without a passphrase; correct them"
        ) from None
    return files


def _check_file(api: str, key: str, value: str) -> str:
    """Return the path of a file that can be read, relative to the project's folder."""
    if "-----BEGIN" in value:
        problem = "is set to a certificate or a key itself; store it in a file, and set its path"
        raise SettingError(f"{api}: client.certificate.{key} {problem}")
    path = locate_project() / Path(value).expanduser()
    try:
        path.open("rb").close()
    except OSError as error:
        problem = f"names a file that cannot be read ({error.strerror}); correct the path"
        raise SettingError(f"{api}: client.certificate.{key} {problem}") from None
    return str(path)
