"""What people wrote and agents coded in the scene."""

README = """\
# Orders

A small service that takes **orders** and prices them. See [the rules](docs/rules.md).

| endpoint | answers |
|---|---:|
| `GET /health` | 200 |
| `POST /orders` | 201 |

```sh
python -m orders --port 8000
```
"""
REQUEST = """\
Orders above 100 € should get **10 % off**, so that people buy more at once.

- [ ] the discount is computed in `pricing.py`
- [ ] the boundary itself (exactly 100 €) gets no discount
- [ ] the total is rounded to cents

> Please keep the public function names, the shop imports them.

Related: #1
"""
OLD = (
    '"""Prices of orders."""\n\n\ndef total(items):\n    return sum(item.price for item in items)\n'
)
NEW = '''\
"""Prices of orders."""

from decimal import ROUND_HALF_UP, Decimal

THRESHOLD = Decimal(100)
DISCOUNT = Decimal("0.10")


def total(items):
    """What is to be paid, with 10 % off above the threshold."""
    amount = sum((Decimal(str(item.price)) for item in items), Decimal(0))
    if amount > THRESHOLD:
        amount -= amount * DISCOUNT
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
'''
TEST = """\
from types import SimpleNamespace

import pytest

from orders.pricing import total


@pytest.mark.parametrize(("price", "paid"), [("100", "100.00"), ("200", "180.00")])
def test_discount(price, paid):
    assert str(total([SimpleNamespace(price=price)])) == paid
"""
FAILURE = (
    "tests/test_pricing.py::test_discount[100-100.00]\nAssertionError: assert '90.00' == '100.00'"
)
