"""Writes Cases/tokens.json: a key set and tokens made by another implementation (PyPI `cryptography`), good ones and bad ones.

Private keys are drawn anew and thrown away, so every run writes other bytes for the same cases.
"""

import base64, hashlib, hmac, json, pathlib
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NOW = 1_800_000_000
ISSUER, AUDIENCE = "https://issuer.example/realm", "https://gate.example/mcp"
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def sign(key, algorithm, message):
    hash = HASHES.get(algorithm[2:])
    if algorithm.startswith("RS"):
        return key.sign(message, padding.PKCS1v15(), hash)
    if algorithm.startswith("PS"):
        return key.sign(message, padding.PSS(padding.MGF1(hash), hash.digest_size), hash)
    if algorithm.startswith("ES"):
        r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(hash)))
        size = (key.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    return key.sign(message)


def dump(value):
    return json.dumps(value, separators=(",", ":")).encode()


def token(key, header, claims, signature=None):
    head = header if isinstance(header, bytes) else dump(header)
    body = claims if isinstance(claims, bytes) else dump(claims)
    message = f"{b64(head)}.{b64(body)}"
    if signature is None:
        signature = sign(key, header["alg"], message.encode())
    return f"{message}.{b64(signature)}"


rsa_key = rsa.generate_private_key(65537, 2048)
other_rsa = rsa.generate_private_key(65537, 2048)
short_rsa = rsa.generate_private_key(65537, 1024)
curves = {"P-256": ec.generate_private_key(ec.SECP256R1()), "P-384": ec.generate_private_key(ec.SECP384R1()), "P-521": ec.generate_private_key(ec.SECP521R1())}
edwards = ed25519.Ed25519PrivateKey.generate()


def rsa_jwk(key, **more):
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e), **more}


def ec_jwk(name, **more):
    key = curves[name]
    numbers, size = key.public_key().public_numbers(), (key.key_size + 7) // 8
    return {"kty": "EC", "crv": name, "x": number(numbers.x, size), "y": number(numbers.y, size), **more}


raw = edwards.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
keys = [
    rsa_jwk(rsa_key, kid="rsa", use="sig"), ec_jwk("P-256", kid="p256"), ec_jwk("P-384", kid="p384"), ec_jwk("P-521", kid="p521"),
    {"kty": "OKP", "crv": "Ed25519", "x": b64(raw), "kid": "ed", "key_ops": ["verify"]},
    rsa_jwk(other_rsa, kid="only-ps256", alg="PS256"), rsa_jwk(short_rsa, kid="short"), rsa_jwk(other_rsa, kid="encrypts", use="enc"),
    {"kty": "oct", "k": b64(b"0123456789abcdef0123456789abcdef"), "kid": "shared"}, {"kty": "EC", "crv": "P-256", "x": b64(bytes(32)), "y": b64(bytes(32)), "kid": "no-point"},
    {"kty": "OKP", "crv": "X25519", "x": b64(raw), "kid": "exchange"}, {"kty": "future", "kid": "unknown"}, rsa_jwk(other_rsa, kid="signs-only", key_ops=["sign"]),
    rsa_jwk(rsa_key, kid="twin"), rsa_jwk(other_rsa, kid="twin"),
]
claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "user-7", "client_id": "desk", "exp": NOW + 600, "iat": NOW - 10, "scope": "read write", "jti": "t-1", "team": "ops"}
header = {"alg": "RS256", "kid": "rsa", "typ": "at+jwt"}
cases = []


def case(name, text, expect="good"):
    cases.append({"name": name, "token": text, "expect": expect})


def changed(name, expect="good", **change):
    new = {key: value for key, value in {**claims, **change}.items() if value is not ...}
    case(name, token(rsa_key, header, new), expect)


for algorithm, kid, key in [
    *[(name, "rsa", rsa_key) for name in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")],
    ("ES256", "p256", curves["P-256"]), ("ES384", "p384", curves["P-384"]), ("ES512", "p521", curves["P-521"]), ("EdDSA", "ed", edwards),
]:
    good = token(key, {"alg": algorithm, "kid": kid}, claims)
    case(f"{algorithm} is accepted", good)
    parts = good.split(".")
    flipped = bytearray(base64.urlsafe_b64decode(parts[2] + "=="))
    flipped[len(flipped) // 2] ^= 1
    case(f"{algorithm} with one bit of the signature changed", ".".join(parts[:2] + [b64(bytes(flipped))]), "badSignature")
    case(f"{algorithm} with other claims under the signature", f"{parts[0]}.{b64(dump({**claims, 'sub': 'root'}))}.{parts[2]}", "badSignature")
    case(f"{algorithm} with no signature", f"{parts[0]}.{parts[1]}.", "badSignature")

# Algorithm and key.
case("alg none", token(None, {"alg": "none"}, claims, b""), "unsigned")
case("alg None in another case", token(None, {"alg": "nOnE"}, claims, b""), "unsigned")
public = rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
head = {"alg": "HS256", "kid": "rsa"}
message = f"{b64(dump(head))}.{b64(dump(claims))}".encode()
case("key confusion: the public key as a shared secret", token(None, head, claims, hmac.digest(public, message, "sha256")), "symmetric")
head = {"alg": "HS256", "kid": "shared"}
message = f"{b64(dump(head))}.{b64(dump(claims))}".encode()
case("a published shared secret", token(None, head, claims, hmac.digest(b"0123456789abcdef0123456789abcdef", message, "sha256")), "symmetric")
case("an algorithm that does not exist", token(None, {"alg": "RS255", "kid": "rsa"}, claims, b"x"), "algorithmNotAllowed")
case("an algorithm in another case", token(None, {"alg": "rs256", "kid": "rsa"}, claims, b"x"), "algorithmNotAllowed")
case("no algorithm", token(None, {"kid": "rsa"}, claims, b"x"), "malformed")
case("an algorithm that is no text", token(None, {"alg": ["RS256"], "kid": "rsa"}, claims, b"x"), "malformed")
case("an unknown key", token(other_rsa, {"alg": "RS256", "kid": "gone"}, claims), "unknownKey")
case("another key under a known name", token(other_rsa, header, claims), "badSignature")
case("a key too short to be safe", token(short_rsa, {"alg": "RS256", "kid": "short"}, claims), "unknownKey")
case("a key for encryption", token(other_rsa, {"alg": "RS256", "kid": "encrypts"}, claims), "unknownKey")
case("a key that may only sign", token(other_rsa, {"alg": "RS256", "kid": "signs-only"}, claims), "unknownKey")
case("a key for another algorithm", token(other_rsa, {"alg": "RS256", "kid": "only-ps256"}, claims), "unsuitedKey")
case("the same key with its own algorithm", token(other_rsa, {"alg": "PS256", "kid": "only-ps256"}, claims))
case("an RSA algorithm with a curve's key", token(rsa_key, {"alg": "RS256", "kid": "p256"}, claims), "unsuitedKey")
case("a curve's algorithm with another curve's key", token(curves["P-256"], {"alg": "ES256", "kid": "p384"}, claims), "unsuitedKey")
case("a point that is not on the curve", token(curves["P-256"], {"alg": "ES256", "kid": "no-point"}, claims), "unknownKey")
case("no key named where several fit", token(rsa_key, {"alg": "RS256"}, claims), "ambiguousKey")
case("no key named where one fits", token(edwards, {"alg": "EdDSA"}, claims))
case("a name that two keys have", token(rsa_key, {"alg": "RS256", "kid": "twin"}, claims), "ambiguousKey")
case("a key's name that is no text", token(None, {"alg": "RS256", "kid": 7}, claims, b"x"), "malformed")
case("its own key in the header", token(other_rsa, {"alg": "RS256", "jwk": rsa_jwk(other_rsa)}, claims), "ambiguousKey")
case("an address of keys in the header", token(other_rsa, {"alg": "RS256", "kid": "evil", "jku": "https://evil.example/keys"}, claims), "unknownKey")
case("a file as the key's name", token(other_rsa, {"alg": "RS256", "kid": "../../../dev/null"}, claims), "unknownKey")
case("a signature in DER", token(None, {"alg": "ES256", "kid": "p256"}, claims, curves["P-256"].sign(b"x", ec.ECDSA(hashes.SHA256()))), "badSignature")
case("a signature of zeros (CVE-2022-21449)", token(None, {"alg": "ES256", "kid": "p256"}, claims, bytes(64)), "badSignature")
case("an Ed25519 signature too short", token(None, {"alg": "EdDSA", "kid": "ed"}, claims, bytes(63)), "badSignature")

# Header.
case("extensions that must be understood", token(rsa_key, {**header, "crit": ["exp"]}, claims), "extensionsNotUnderstood")
case("a payload that is not encoded (RFC 7797)", token(rsa_key, {**header, "b64": False, "crit": ["b64"]}, claims), "extensionsNotUnderstood")
case("a token of another type", token(rsa_key, {**header, "typ": "logout+jwt"}, claims), "wrongType")
case("an identity token", token(rsa_key, {**header, "typ": "id_token"}, claims), "wrongType")
case("the plain type", token(rsa_key, {**header, "typ": "JWT"}, claims))
case("no type", token(rsa_key, {"alg": "RS256", "kid": "rsa"}, claims))

# Form.
good = token(rsa_key, header, claims)
case("nothing", "", "malformed")
case("one part", "abc", "malformed")
case("two parts", ".".join(good.split(".")[:2]), "malformed")
case("four parts", good + ".x", "malformed")
case("an encrypted token", "a.b.c.d.e", "encrypted")
case("padding", good + "=", "malformed")
case("the other alphabet", good[:-8] + "+/" + good[-6:], "malformed")
case("a line break", good[:20] + "\n" + good[20:], "malformed")
case("a header that is no JSON", token(None, b"{alg}", claims, b"x"), "malformed")
case("a header that is no object", token(None, b'["RS256"]', claims, b"x"), "malformed")
case("a header that says the algorithm twice", token(None, b'{"alg":"none","alg":"RS256"}', claims, b"x"), "malformed")
case("too long", good + "A" * 20_000, "tooLong")


def signed(body):
    message = f"{b64(dump(header))}.{b64(body)}"
    return f"{message}.{b64(sign(rsa_key, 'RS256', message.encode()))}"


case("claims that are no JSON", signed(b"not json"), "malformed")
case("claims that are no object", signed(b'"text"'), "malformed")
case("a claim twice", signed(dump(claims)[:-1] + b',"sub":"root"}'), "malformed")
case("claims that are no UTF-8", signed(b'{"iss":"\xff"}'), "malformed")

# Claims.
changed("another issuer", "wrongIssuer", iss="https://evil.example")
changed("the issuer with a slash more", "wrongIssuer", iss=ISSUER + "/")
changed("no issuer", "wrongIssuer", iss=...)
changed("another audience", "wrongAudience", aud="https://other.example/mcp")
changed("no audience", "wrongAudience", aud=...)
changed("an audience that ours begins", "wrongAudience", aud=AUDIENCE + "/admin")
changed("several audiences, ours among them", aud=["https://other.example", AUDIENCE])
changed("several audiences without ours", "wrongAudience", aud=["https://other.example", 7])
changed("an audience that is an object", "wrongAudience", aud={"a": AUDIENCE})
changed("no end", "noExpiry", exp=...)
changed("an end as text", "malformedClaim", exp=str(NOW + 600))
changed("an end that is negative", "malformedClaim", exp=-1)
changed("an end beyond all time", "malformedClaim", exp=10**18)
changed("expired", "expired", exp=NOW - 61)
changed("expired at the last moment", "expired", exp=NOW - 60)
changed("expired within the leeway", exp=NOW - 59)
changed("a fraction of a second left", exp=NOW - 59.5 + 0.25, expect="expired")
changed("not valid yet", "notYetValid", nbf=NOW + 61)
changed("valid within the leeway", nbf=NOW + 60)
changed("issued in the future", "notYetValid", iat=NOW + 3600)
changed("no subject but a client", sub=...)
changed("neither subject nor client", "noSubject", sub=..., client_id=...)
changed("an empty subject and no client", "noSubject", sub="", client_id=...)
changed("a subject that is a number", "malformedClaim", sub=7)
changed("scopes as a list", scope=..., scp=["read", "write"])
changed("scopes as a number", "malformedClaim", scope=7)
changed("scopes in a list that is not all text", "malformedClaim", scope=["read", 7])
changed("an identifier that is no text", "malformedClaim", jti=7)

path = pathlib.Path(__file__).parent / "Cases" / "tokens.json"
path.write_text(json.dumps({"now": NOW, "issuer": ISSUER, "audience": AUDIENCE, "keys": {"keys": keys}, "cases": cases}, indent=1) + "\n")
print(len(cases), "cases,", sum(one["expect"] != "good" for one in cases), "bad")
