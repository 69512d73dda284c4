"""The login of the page for quality staff: hashed passwords, plain ones, and so many attempts a client."""

import asyncio
import http.client
import urllib.parse

import pytest

from bot.web import passwords
from bot.web.loading import EngineLoader
from bot.web.passwords import hash_password, is_hash, password_fits
from bot.web.quality import login
from bot.web.request import CLIENT
from ingest.errors import SettingsError
from ingest.settings import Settings, load_settings
from tests.web.conftest import Server


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("bot.web.quality._WRONG_LOGIN_PAUSE", 0)
    monkeypatch.setattr(passwords, "_N", 2**4)


def tried(check, user, password):
    return asyncio.run(check(user, password))


@pytest.mark.parametrize("password", ["密码", "a long password", "x:y$z", "\ud800"])
def test_a_hash_fits_its_password_only(password):
    hashed = hash_password(password)
    assert is_hash(hashed)
    assert password not in hashed
    assert hash_password(password) != hashed
    assert password_fits(password, hashed)
    assert not password_fits(password + " ", hashed)
    assert not password_fits(hashed, hashed)


@pytest.mark.parametrize("make", [str, hash_password])
def test_a_login_takes_the_right_pair_only(make):
    check = login("staff", make("密码"))
    assert tried(check, "staff", "密码")
    assert not tried(check, "staff", "x")
    assert not tried(check, "x", "密码")
    assert not tried(check, "", "")


@pytest.mark.parametrize(
    "damaged",
    ["scrypt:", "scrypt:1:2:3", "scrypt:16:8:3:####:AAAA", "scrypt:16:8:3:AAAA:AAAA",
     "scrypt:17:8:3:AAAA:" + "A" * 43, "scrypt:1073741824:8:1:AAAA:" + "A" * 43, "scrypt:x:8:1:AAAA:AAAA"],
)  # fmt: skip
def test_a_damaged_hash_is_no_password(damaged):
    with pytest.raises(SettingsError, match="JIWEN_QA_PASSWORD"):
        login("staff", damaged)


def test_a_plain_password_is_warned_of_and_not_shown(caplog):
    login("staff", "geheim")
    assert "python -m bot password" in caplog.text
    assert "geheim" not in caplog.text
    caplog.clear()
    login("staff", hash_password("geheim"))
    assert not caplog.text


def test_attempts_of_one_client_come_to_an_end_and_not_those_of_others(caplog):
    check = login("staff", "right")
    CLIENT.set("192.0.2.1")
    assert not any(tried(check, "staff", f"guess {n}") for n in range(10))
    assert not tried(check, "staff", "right")
    assert "192.0.2.1" not in caplog.text
    CLIENT.set("192.0.2.2")
    assert tried(check, "staff", "right")


def test_the_command_prints_what_the_setting_takes(run_python, monkeypatch):
    done = run_python("-m", "bot", "password", input="密码\n")
    assert done.returncode == 0, done.stderr
    name, _, value = done.stdout.strip().partition("=")
    monkeypatch.setenv(name, value)
    assert tried(login("staff", load_settings().qa_password.get_secret_value()), "staff", "密码")
    assert run_python("-m", "bot", "password", input="\n").returncode == 1


def test_the_page_lets_in_who_has_the_password_and_locks_out_who_guesses(engine, tmp_path):
    settings = Settings(data=tmp_path, qa_user="staff", qa_password=hash_password("right"))
    with Server(EngineLoader.ready(engine), settings) as running:

        def post(password):
            connection = http.client.HTTPConnection(running.url.removeprefix("http://"))
            form = urllib.parse.urlencode({"username": "staff", "password": password})
            connection.request(
                "POST", "/qa/login", form, {"Content-Type": "application/x-www-form-urlencoded"}
            )
            return connection.getresponse().status

        assert post("wrong") == 400
        assert post("right") == 200
        assert {post("wrong") for _ in range(8)} == {400}
        assert post("right") == 400
