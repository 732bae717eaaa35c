#!/usr/bin/env python3
"""Makes src/verify/provider.txt: signatures and forgeries that `verify::check_provider` puts to a provider.

Everything follows from the seeds below, so the file comes out the same each time: tests/provider/make.py >src/verify/provider.txt
The private keys are thrown away: they sign nothing else.
"""

import hashlib
import random

DIGESTS = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
MESSAGE = (b"trustlist: the header of a list, ", b"and its records")


def is_prime(number, rng):
    if any(number % small == 0 for small in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31)):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(32):
        power = pow(rng.randrange(2, number - 1), odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


class Key:
    def __init__(self, name, bits, exponent):
        rng = random.Random(f"trustlist {name}")
        self.name, self.e = name, exponent
        while True:
            # Not near the largest number of so many bits, so that a signature plus the modulus may have as many bytes.
            primes = []
            while len(primes) < 2:
                number = rng.getrandbits(bits // 2) | 1 | (0b1011 << (bits // 2 - 4))
                if is_prime(number, rng):
                    primes.append(number)
            p, q = primes
            self.n, phi = p * q, (p - 1) * (q - 1)
            try:
                self.d = pow(exponent, -1, phi)
            except ValueError:
                continue
            if p != q and self.n.bit_length() == bits:
                break
        self.length = bits // 8

    def raw(self, encoded):
        """The number whose power is this encoding."""
        return pow(int.from_bytes(encoded, "big"), self.d, self.n).to_bytes(self.length, "big")

    def der(self):
        def integer(number):
            data = number.to_bytes(number.bit_length() // 8 + 1, "big")
            return b"\x02" + length(data) + data

        def length(data):
            if len(data) < 128:
                return bytes([len(data)])
            size = (len(data).bit_length() + 7) // 8
            return bytes([0x80 | size]) + len(data).to_bytes(size, "big")

        data = integer(self.n) + integer(self.e)
        return b"\x30" + length(data) + data


def padded(key, info):
    return b"\x00\x01" + b"\xff" * (key.length - 3 - len(info)) + b"\x00" + info


def hashed(digest, message=MESSAGE):
    return hashlib.new(digest, b"".join(message)).digest()


def info(digest, message=MESSAGE):
    return DIGESTS[digest] + hashed(digest, message)


def without_null(digest):
    """DigestInfo whose algorithm has no parameters at all."""
    whole = info(digest)
    algorithm = whole[4 : 4 + whole[3] - 2]
    body = b"\x30" + bytes([len(algorithm)]) + algorithm + whole[4 + whole[3] :]
    return b"\x30" + bytes([len(body)]) + body


def forgeries(key, digest):
    """Name and encoding of what must not be taken."""
    right, garbage = info(digest), bytes(range(1, 30))
    yield "digest info without NULL", padded(key, without_null(digest))
    long_length = right[:1] + b"\x81" + right[1:]
    yield "digest info with a length in two bytes", padded(key, long_length)
    yield "a hash without digest info", padded(key, hashed(digest))
    yield "a hash without its last byte", padded(key, right[:-1])
    other = "sha1" if digest != "sha1" else "sha256"
    yield "the digest info of another digest", padded(key, info(other))
    yield "a byte behind the hash", padded(key, right + b"\x00")
    short = b"\x00\x01" + b"\xff" * 8 + b"\x00" + right
    yield "eight bytes of padding and zeros behind the hash", short + bytes(key.length - len(short))
    fill = (garbage * key.length)[: key.length - len(short)]
    yield "eight bytes of padding and anything behind the hash", short + fill
    fill = (garbage * key.length)[: key.length - 11 - len(right)]
    yield "anything before the hash", b"\x00\x01" + b"\xff" * 8 + b"\x00" + fill + right
    good = padded(key, right)
    yield "block type 2", b"\x00\x02" + good[2:]
    yield "block type 0", b"\x00\x00" + bytes(key.length - 3 - len(right)) + b"\x00" + right
    yield "padding with a byte that is not ff", good[:5] + b"\xfe" + good[6:]
    yield "padding without its end", good[: -len(right) - 1] + b"\xff" + right
    yield "a first byte that is not zero", b"\x01\x01" + good[2:]


def line(name, verdict, key, digest, message, signature):
    print("|".join([name, verdict, digest, key.name, message[0].hex(), message[1].hex(), signature.hex()]))


def main():
    print("# Made by tests/provider/make.py: name|verdict|digest|key|first part|second part|signature. Keys first: name|PKCS#1.")
    keys = [Key("1024", 1024, 65537), Key("1032", 1032, 65537), Key("2048", 2048, 65537), Key("2048 e=3", 2048, 3)]
    keys += [Key("2048 e=2^33-1", 2048, 2**33 - 1), Key("3072", 3072, 65537), Key("4096", 4096, 65537)]
    named = {key.name: key for key in keys}
    for key in keys:
        print(f"{key.name}|{key.der().hex()}")
    for key in keys:
        for digest in DIGESTS if key.name in ("1024", "2048") else ["sha256"]:
            line("a right signature", "valid", key, digest, MESSAGE, key.raw(padded(key, info(digest))))
    key = named["2048"]
    for digest in DIGESTS:
        right = key.raw(padded(key, info(digest)))
        whole = b"".join(MESSAGE)
        for cut in (0, 3, len(whole)):
            line("the same bytes in other parts", "valid", key, digest, (whole[:cut], whole[cut:]), right)
        line("parts in another order", "forged", key, digest, MESSAGE[::-1], right)
        line("another second part", "forged", key, digest, (MESSAGE[0], MESSAGE[1] + b" "), right)
        line("another first part", "forged", key, digest, (b"T" + MESSAGE[0][1:], MESSAGE[1]), right)
        line("no second part", "forged", key, digest, (MESSAGE[0], b""), right)
        flipped = bytearray(right)
        flipped[-1] ^= 1
        line("one bit flipped", "forged", key, digest, MESSAGE, bytes(flipped))
        line("the signature of another key", "forged", key, digest, MESSAGE, named["2048 e=3"].raw(padded(named["2048 e=3"], info(digest))))
        for name, encoded in forgeries(key, digest):
            line(name, "forged", key, digest, MESSAGE, key.raw(encoded))
        for number in range(1000):
            # The number that stands for the same: a signature must be below the modulus.
            message = (MESSAGE[0], b"%d" % number)
            above = int.from_bytes(key.raw(padded(key, info(digest, message))), "big") + key.n
            if above.bit_length() <= 8 * key.length:
                line("a signature above the modulus", "forged", key, digest, message, above.to_bytes(key.length, "big"))
                break
    key = named["2048 e=3"]
    for name, encoded in forgeries(key, "sha256"):
        line(name, "forged", key, "sha256", MESSAGE, key.raw(encoded))
    for name, number in [("zero", 0), ("one", 1), ("the modulus less one", key.n - 1), ("the modulus", key.n)]:
        line(f"a signature of {name}", "forged", key, "sha256", MESSAGE, number.to_bytes(key.length, "big"))


main()
