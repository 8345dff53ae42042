#!/usr/bin/env python3
"""Verifies a draw file of Toolgate: python3 draw-verify.py FILE

Written from the description in crates/domain/src/draws/mod.rs alone, and shares nothing with the program.
Compare the two hashes that it prints with those published before the draw.
"""
import hashlib
import json
import re
import sys

WEEK, LARGEST, HASH = 604800, 2**63 - 1, "[0-9a-f]{64}"
FIELDS = "format version draw commitment secret wishes wishes_hash obstacles seed turns outcomes".split()
WISH = "id entrant resource from until importance order".split()
OBSTACLES = ("archived", "not-bookable", "closed", "occupied", "not-permitted")


class Refused(Exception):
    pass


def check(right, step, why):
    if not right:
        raise Refused(f"step {step}: {why}")


def sha256(data):
    return hashlib.sha256(data).digest()


def number(value, low, high=LARGEST):
    return type(value) is int and low <= value <= high


def text(value, pattern):
    return type(value) is str and re.fullmatch(pattern, value) is not None


def name(value, kinds):
    return text(value, f"({kinds}):[1-9][0-9]{{0,18}}") and number(int(value.split(":")[1]), 1)


def rows(value, fields):
    return type(value) is list and all(type(row) is dict and list(row) == fields for row in value)


def time(value, low, high):
    return number(value, low, high) and value % 60 == 0


def is_wish(w):
    return (number(w["id"], 1) and name(w["entrant"], "group|alias") and name(w["resource"], "room|machine")
            and time(w["from"], 0, WEEK - 1) and time(w["until"], 1, WEEK) and w["from"] != w["until"]
            and number(w["importance"], 1, 5) and number(w["order"], 0, 2**32 - 1))


def collide(a, b):
    def parts(w):
        wraps = w["until"] < w["from"]
        return [(w["from"], WEEK), (0, w["until"])] if wraps else [(w["from"], w["until"])]
    return a["resource"] == b["resource"] and any(
        max(p[0], q[0]) < min(p[1], q[1]) for p in parts(a) for q in parts(b))


def draw(seed, wishes, obstacles):
    block = 0

    def below(limit):
        nonlocal block
        while True:
            value = int.from_bytes(sha256(seed + block.to_bytes(8, "big"))[:8], "big")
            block += 1
            value %= 1 << (limit - 1).bit_length()
            if value < limit:
                return value

    outcomes = {o["wish"]: {"wish": o["wish"], "result": o["reason"]} for o in obstacles}
    pending = {}  # entrant -> its wishes, first choice first
    for w in sorted(wishes, key=lambda w: (-w["importance"], w["order"], w["id"])):
        if w["id"] not in outcomes:
            pending.setdefault(w["entrant"], []).append(w)
    turns, number_of_round = [], 0
    while any(pending.values()):
        number_of_round += 1
        taking_part = [e for e in pending if pending[e]]
        taking_part.sort(key=lambda e: (e.startswith("alias"), int(e.split(":")[1])))
        left, order = [(e, pending[e][0]["importance"]) for e in taking_part], []
        while left:
            point = below(sum(weight for _, weight in left))
            for place, (entrant, weight) in enumerate(left):
                if point < weight:
                    break
                point -= weight
            order.append(entrant)
            del left[place]
        for turn, entrant in enumerate(order, 1):
            won = pending[entrant][0] if pending[entrant] else None
            turns.append({"round": number_of_round, "turn": turn, "entrant": entrant, "won": won and won["id"]})
            if won:
                outcomes[won["id"]] = {"wish": won["id"], "result": "won", "round": number_of_round, "turn": turn}
                for e in pending:
                    for w in [w for w in pending[e] if collide(w, won)]:
                        outcomes.setdefault(w["id"], {"wish": w["id"], "result": "taken", "by": won["id"]})
                        pending[e].remove(w)
    return turns, [outcomes[wish] for wish in sorted(outcomes)]


def verify(data):
    try:
        check(len(data) <= 4 * 1024 * 1024, "file", "too large")
        f = json.loads(data.decode("ascii"))
    except (ValueError, RecursionError):
        raise Refused("step file: not JSON") from None
    check(type(f) is dict and f.get("format") == "toolgate-draw", "file", "not a draw file")
    check(number(f.get("version"), 1, 1), "file", "unknown version")
    wishes, obstacles = f.get("wishes"), f.get("obstacles")
    check(list(f) == FIELDS and number(f["draw"], 1) and rows(wishes, WISH), "file", "other fields")
    check(all(text(f[h], HASH) for h in ("commitment", "secret", "wishes_hash", "seed")), "file", "not a hash")
    check(len(wishes) <= 5000 and all(map(is_wish, wishes)), "file", "an invalid wish")
    ids = [w["id"] for w in wishes]
    check(ids == sorted(set(ids)), "file", "wishes not sorted, or one twice")
    check(rows(obstacles, ["wish", "reason"]) and all(type(o["wish"]) is int for o in obstacles), "file", "obstacles")
    stopped = [o["wish"] for o in obstacles]
    check(stopped == sorted(set(stopped)) and set(stopped) <= set(ids), "file", "obstacles")
    check(all(o["reason"] in OBSTACLES for o in obstacles), "file", "unknown obstacle")

    lines = [f"toolgate draw {f['draw']} version 1"] + [" ".join(str(w[field]) for field in WISH) for w in wishes]
    canonical = "".join(line + "\n" for line in lines).encode()
    secret = bytes.fromhex(f["secret"])
    seed = sha256(secret + canonical)
    check(sha256(secret).hex() == f["commitment"], "secret", "it is not the one of the commitment")
    check(sha256(canonical).hex() == f["wishes_hash"], "wishes", "they are not those of the closing")
    check(seed.hex() == f["seed"], "seed", "it does not come from the secret and the wishes")
    turns, outcomes = draw(seed, wishes, obstacles)
    check(f["turns"] == turns, "turns", "they do not follow from the seed")
    check(f["outcomes"] == outcomes, "outcomes", "they do not follow from the turns")
    f.update(turns=turns, outcomes=outcomes)
    check((json.dumps(f, separators=(",", ":")) + "\n").encode() == data, "file", "not written as a draw file is")
    won = sum(turn["won"] is not None for turn in turns)
    entrants, rounds = len({w["entrant"] for w in wishes}), turns[-1]["round"] if turns else 0
    return (f"The draw is right: wishes {len(wishes)}, won {won}, groups and people {entrants}, rounds {rounds}.\n"
            f"Commitment:         {f['commitment']}\nHash of the wishes: {f['wishes_hash']}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        with open(sys.argv[1], "rb") as file:
            print(verify(file.read(4 * 1024 * 1024 + 1)))
    except OSError as error:
        sys.exit(f"{sys.argv[1]} cannot be read: {error.strerror}")
    except Refused as error:
        sys.exit(f"The draw file is not right. {error}")
