"""`orc demo`: the whole product on one machine, against the offline GitHub of the sandbox."""
