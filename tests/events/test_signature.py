import pytest

from events import BadSignatureError, sign, verify

# The example of GitHub's "Validating webhook deliveries".
SECRET = "It's a Secret to Everybody"
BODY = b"Hello, World!"
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_the_signature_is_the_one_that_github_documents():
    assert sign(SECRET, BODY) == SIGNATURE
    verify(SECRET, BODY, SIGNATURE)


@pytest.mark.parametrize(
    ("secret", "body", "signature"),
    [
        (SECRET, BODY + b" ", SIGNATURE),
        ("another secret", BODY, SIGNATURE),
        (SECRET, BODY, ""),
        (SECRET, BODY, SIGNATURE.removeprefix("sha256=")),
        (SECRET, BODY, SIGNATURE.upper()),
        (SECRET, BODY, "sha256=é"),
        ("", BODY, sign("", BODY)),
    ],
)
def test_anything_but_the_right_signature_is_refused(secret, body, signature):
    with pytest.raises(BadSignatureError):
        verify(secret, body, signature)
