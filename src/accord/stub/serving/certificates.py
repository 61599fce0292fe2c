"""A TLS context for the server: of files, or of a certificate made for localhost."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import tempfile
from pathlib import Path

from accord.core.errors import ResourceMissingError, UsageError

_SECONDS = 30


def context_of(cert: Path | None, key: Path | None) -> ssl.SSLContext:
    """A server's context.

    Args:
        cert: PEM file of the certificate; None has one made for localhost, for a day.
        key: PEM file of its key, if it is not in the same file.

    Raises:
        UsageError: the files cannot be used.
        ResourceMissingError: a certificate is to be made, and the program openssl is not there.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    if cert is not None:
        try:
            context.load_cert_chain(cert, key)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"the certificate {cert} cannot be used: {error}; PEM is expected") from None
        return context
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(*_made(Path(folder)))
    return context


def _made(folder: Path) -> tuple[Path, Path]:
    openssl = shutil.which("openssl")
    if openssl is None:
        raise ResourceMissingError("no certificate was given, and the program openssl that could make one is not here")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = [
        openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
        "-keyout", str(key), "-out", str(cert), "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode:
        raise UsageError(f"openssl could not make a certificate: {done.stderr.strip()[-300:]}")
    return cert, key
