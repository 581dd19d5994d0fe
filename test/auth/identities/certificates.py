"""An authority of our own and a certificate of its for the host names given: ca.pem, cert.pem and key.pem in the folder given first."""

import datetime
import ipaddress
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

folder = pathlib.Path(sys.argv[1])
now = datetime.datetime.now(datetime.timezone.utc)


def built(subject, issuer, key, signer, extensions):
    name = lambda text: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
    builder = x509.CertificateBuilder(name(issuer), name(subject), key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
ca = built("Test Authority", "Test Authority", authority, authority, [(x509.BasicConstraints(ca=True, path_length=None), True)])
names = [x509.DNSName(it) for it in sys.argv[2:]] + [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
cert = built("localhost", "Test Authority", key, authority, [(x509.SubjectAlternativeName(names), False)])
private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
for file, content in {"ca.pem": ca, "cert.pem": cert, "key.pem": private}.items():
    (folder / file).write_bytes(content)
