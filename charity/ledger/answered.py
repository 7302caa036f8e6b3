"""What a key was answered: for a page that explains that its form was sent before."""

import json
from typing import Any

from charity.db import reading
from charity.db.idem import Idem


async def body(idem: Idem) -> dict[str, Any] | None:
    """The answer that was kept for this key, whatever was asked with it; None when there is none.

    Only for whoever sent the key, in the scope in which it was sent: it is the secret of one form.
    """
    text = await reading.value("SELECT response FROM idem WHERE scope = $1 AND key = $2", idem.scope, idem.key)
    return None if text is None else dict(json.loads(str(text)))
