"""Runs Debian's glewlwyd, an OpenID Connect provider, in a folder of its own, and talks to it for the tests.

usage: identity-provider.py FOLDER

Makes a database, two signing keys, a configuration and a free port; starts the server on this machine only; sets up a realm with clients, a user and
resources; then prints one JSON line of what a test has to know. After that, each line on standard input is a command and answered with
one JSON line: `token RESOURCE` (of a client for itself),
`user-token RESOURCE`, `token-for-nothing` (whose audience is no resource), `rotate`, `revoke TOKEN`, `end-server`, `start-server`. It ends, and the server with it, when its input does.
"""

import base64, http.client, json, pathlib, socket, sqlite3, subprocess, sys, time, urllib.parse

FOLDER = pathlib.Path(sys.argv[1])
SCHEMA = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
RESOURCES = ["https://gate.example/mcp", "https://other.example/mcp"]
SCOPES = ["tickets.read", "tickets.write"]
BACK = "http://127.0.0.1/back"
SECRET, PASSWORD = "client-secret-of-the-tests", "password-of-the-tests"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


PORT = free_port()
BASE = f"http://127.0.0.1:{PORT}"
ISSUER = f"{BASE}/api/oidc"


def make_key(name):
    private, public = FOLDER / f"{name}.key", FOLDER / f"{name}.pem"
    subprocess.run(["openssl", "genrsa", "-out", private, "2048"], check=True, capture_output=True)
    subprocess.run(["openssl", "rsa", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    return private.read_text(), public.read_text()


def prepare():
    with sqlite3.connect(FOLDER / "glewlwyd.db") as database:
        database.executescript(pathlib.Path(SCHEMA).read_text())
    (FOLDER / "glewlwyd.conf").write_text(
        f"""
port={PORT}
bind_address="127.0.0.1"
external_url="{BASE}"
api_prefix="api"
log_mode="file"
log_level="INFO"
log_file="{FOLDER}/glewlwyd.log"
cookie_secure=0
session_expiration=2419200
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
database = {{ type = "sqlite3"; path = "{FOLDER}/glewlwyd.db"; }};
"""
    )


server = None


def start():
    global server
    server = subprocess.Popen(["glewlwyd", "--config-file", FOLDER / "glewlwyd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", PORT), 0.2).close()
            return
        except OSError:
            if server.poll() is not None:
                sys.exit("glewlwyd ended: " + (FOLDER / "glewlwyd.log").read_text()[-2000:])
            time.sleep(0.05)
    sys.exit("glewlwyd does not answer")


def end():
    if server and server.poll() is None:
        # It may have inherited a mask that keeps gentler signals from it.
        server.kill()
        server.wait()


cookie = None


def ask(method, path, body=None, form=None, basic=None, expected=200):
    """Talks to the server as whoever signed in last; gives the JSON of its answer, or where it redirects to."""
    global cookie
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
    headers = {}
    if cookie:
        headers["Cookie"] = cookie
    if basic:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(basic).encode()).decode()
    if body is not None:
        headers["Content-Type"], body = "application/json", json.dumps(body)
    if form is not None:
        headers["Content-Type"], body = "application/x-www-form-urlencoded", urllib.parse.urlencode(form)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.getheader("Set-Cookie"):
        cookie = answer.getheader("Set-Cookie").split(";")[0]
    if answer.status != expected:
        sys.exit(f"{method} {path}: {answer.status} {text}")
    if expected == 302:
        return answer.getheader("Location")
    return json.loads(text) if text else {}


def realm(key):
    private, public = key
    return {
        "module": "oidc", "name": "oidc", "display_name": "tests", "enabled": True,
        "parameters": {
            "iss": ISSUER, "jwt-type": "rsa", "jwt-key-size": "256", "key": private, "cert": public, "jwks-show": True,
            "subject-type": "public", "access-token-duration": 3600, "refresh-token-duration": 3600, "code-duration": 600,
            "allow-non-oidc": True, "auth-type-client-enabled": True, "auth-type-password-enabled": True, "auth-type-code-enabled": True,
            "auth-type-refresh-enabled": True, "pkce-allowed": True, "introspection-revocation-allowed": True,
            "introspection-revocation-allow-target-client": True, "resource-allowed": True,
            "resource-scope": {scope: RESOURCES for scope in SCOPES}, "resource-client-property": "resource",
            "resource-scope-and-client-property": False,
        },
    }


def provision():
    ask("POST", "/api/auth/", {"username": "admin", "password": "password"})
    for scope in SCOPES:
        ask("POST", "/api/scope/", {"name": scope, "display_name": scope, "password_required": True, "password_max_age": 0, "scheme": {}})
    ask("POST", "/api/mod/plugin/", realm(make_key("first")))
    client = {
        "client_id": "desk", "name": "desk", "enabled": True, "confidential": True, "client_secret": SECRET, "scope": SCOPES,
        "resource": RESOURCES, "authorization_type": ["client_credentials", "password", "code"], "token_endpoint_auth_method": ["client_secret_basic"],
        "redirect_uri": [BACK],
    }
    ask("POST", "/api/client/", client)
    ask("POST", "/api/user/", {"username": "ann", "password": PASSWORD, "name": "Ann", "enabled": True, "scope": SCOPES})


def token(resource, **grant):
    form = {"scope": " ".join(SCOPES), "resource": resource, **grant}
    return ask("POST", "/api/oidc/token/", form=form, basic=("desk", SECRET))


def user_token(resource):
    """The code flow: a person signs in, agrees, and is sent back with a code."""
    global cookie
    administrator, cookie = cookie, None
    try:
        ask("POST", "/api/auth/", {"username": "ann", "password": PASSWORD})
        ask("PUT", "/api/auth/grant/desk", {"scope": " ".join(SCOPES)})
        question = {
            "response_type": "code", "client_id": "desk", "redirect_uri": BACK, "scope": " ".join(SCOPES), "resource": resource,
            "state": "s", "g_continue": "",
        }
        back = ask("GET", "/api/oidc/auth?" + urllib.parse.urlencode(question), expected=302)
        code = urllib.parse.parse_qs(urllib.parse.urlparse(back).query)["code"][0]
        return token(resource, grant_type="authorization_code", code=code, redirect_uri=BACK)
    finally:
        cookie = administrator


def act(words):
    match words:
        case ["token", resource]:
            return token(resource, grant_type="client_credentials")
        case ["user-token", resource]:
            return user_token(resource)
        case ["token-for-nothing"]:
            return token("", grant_type="password", username="ann", password=PASSWORD)
        case ["revoke", text]:
            return ask("POST", "/api/oidc/revoke/", form={"token": text}, basic=("desk", SECRET))
        case ["rotate"]:
            ask("PUT", "/api/mod/plugin/oidc", realm(make_key("second")))
            return ask("PUT", "/api/mod/plugin/oidc/reset")
        case ["end-server"]:
            return end() or {}
        case ["start-server"]:
            return start() or {}
    sys.exit(f"no such command: {words}")


def say(value):
    print(json.dumps(value), flush=True)


prepare()
start()
try:
    provision()
    say({"issuer": ISSUER, "client": "desk", "secret": SECRET, "resources": RESOURCES, "scopes": SCOPES})
    for line in sys.stdin:
        say(act(line.split()))
finally:
    end()
