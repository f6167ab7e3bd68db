"""Whether a password is one of those that are tried first. No list of stolen passwords comes with the program; those of twelve
characters and more are made of the same few pieces: common words, rows of keys, runs, dates. A password that few such pieces give is
refused."""

import re
from functools import cache

FEWEST = 5  # pieces that a password must at least be made of; a character on its own is one
SHORTEST_ROW = 3
ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "qazwsxedcrfvtgbyhnujm",
    "1q2w3e4r5t6y7u8i9o0p", "a1b2c3d4e5f6g7h8", "147258369", "789456123", "`1234567890-=", "!@#$%^&*()_+",
)  # fmt: skip
# English, pinyin, what an office has at hand, and numbers that sound like words.
WORDS = """
password passwd passwort pass word admin administrator root user guest login logon system manager master welcome hello letmein access secret
default changeme change test testing demo temp super server service computer internet windows microsoft google apple huawei xiaomi lenovo
love iloveyou lovely baby angel princess sunshine summer winter spring autumn monday football basketball superman batman dragon monkey tiger
shadow flower forever freedom money happy lucky china beijing shanghai guangdong zhongshan shandong jining xinyu neimenggu inner mongolia
michael jordan jessica daniel thomas charlie jennifer starwars pokemon whatever trustno trust nothing qwer asdf zxcv mima woaini woaiwo aini
wode nihao zhongguo zhonghua renmin laopo laogong baobei baobao mama baba jiayou wangwang zhang wang li liu chen yang huang zhao zhou wu xu
sun ma zhu hu guo he lin gao luo shuai ge mei nv tian kong feng long hong yun xin zhaoren jiuye shiye renshe renshekj rensheju shebao
jiuyeju renliziyuan bangong gonggong fuwu zhongxin keji xitong guanliyuan guanli officer reviewer auditor console 5201314 520520 1314520
1314 520 521 666666 888888 168168 518518 110110 112233 123321 456456 147147 369 我爱你 密码 管理员 中国 你好 找人 就业 社保 人社局
""".split()  # noqa: SIM905 -- a literal of each is three pages long
DATE = re.compile(r"(?:19|20)[0-9]{2}(?:[-./]?(?:0?[1-9]|1[0-2])(?:[-./]?(?:0?[1-9]|[12][0-9]|3[01]))?)?|(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")  # fmt: skip
# Signs that stand for letters.
MEANT = str.maketrans("@$!|", "asii")
SPELT = str.maketrans("@$!|0134579", "asiioieastg")


def is_guessable(password: str) -> bool:
    """
    >>> is_guessable("P@ssw0rd2024!"), is_guessable("woaini5201314"), is_guessable("qwertyuiop12"), is_guessable("a1b2c3a1b2c3")
    (True, True, True, True)
    >>> is_guessable("kettle on the third shelf"), is_guessable("雨停了再去买两斤橘子回来"), is_guessable("v8Q-tm2_kXw7")
    (False, False, False)
    """
    return _pieces(_said_once(password.lower())) < FEWEST


def _pieces(text: str) -> int:
    """The fewest that give a text."""
    fewest = [0, *[len(text)] * len(text)]
    for start in range(len(text)):
        for end in {start + 1, *_ends(text, start)}:
            fewest[end] = min(fewest[end], fewest[start] + 1)
    return fewest[len(text)]


def _said_once(text: str) -> str:
    """`abcabcabc` is `abc`."""
    for size in range(1, len(text) // 2 + 1):
        if len(text) % size == 0 and text == text[:size] * (len(text) // size):
            return text[:size]
    return text


def _spelt(text: str) -> tuple[str, ...]:
    return text, text.translate(MEANT), text.translate(SPELT)


def _ends(text: str, start: int) -> list[int]:
    """Where a piece that begins here may end."""
    found = [start + len(w) for form in _spelt(text) for w in WORDS if form.startswith(w, start)]
    run = start + 1
    while run < len(text) and text[run] == text[start]:
        run += 1
    found.append(run)
    found += [m.end() for m in (DATE.match(text, start, end) for end in range(start + 4, len(text) + 1)) if m]
    row = start + SHORTEST_ROW
    while row <= len(text) and any(text[start:row] in keys for keys in _rows()):
        found.append(row)
        row += 1
    return found


@cache
def _rows() -> tuple[str, ...]:
    return (*ROWS, *(row[::-1] for row in ROWS))
