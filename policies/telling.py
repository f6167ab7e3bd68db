"""What a rule gives away about whoever it finds: whether they are in hardship, or disabled."""

from policies.rule import TOPIC_KIND, TOPIC_KINDS, Rule, words_of
from schemas.readers import TELLS_OF


def tells(rule: Rule) -> dict[str, bool]:
    """For each of `TELLS_OF`, whether a finding of this rule tells of it: by its track, by the records it rests on, or by
    what its condition, sentence or figures speak of. Rather too often than too seldom."""
    spoken = rule.words
    heads = {word[:n] for word in spoken - words_of(rule.when) for n, sign in enumerate(word) if sign == "_"}
    kinds = set(rule.kinds)
    for topic, kind in TOPIC_KIND.items():
        about = {f"{prefix}_{topic}" for prefix in ("has", "firm", "had", "usable")}
        # That somebody has not left the labour market is asked of everybody, and says nothing of why one might.
        if (topic != "gone" and spoken & about) or topic in heads:
            kinds.update(TOPIC_KINDS.get(topic, (kind,)))
    found = {what: bool(kinds & set(records)) for what, records in TELLS_OF.items()}
    is_recognition = rule.finds["track"] == "H" or any("recogni" in word for word in spoken)
    return found | {"hardship": found["hardship"] or is_recognition}
