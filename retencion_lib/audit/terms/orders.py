"""Orders about the campaign's terms: which are in force, and what others would earn."""

from retencion_lib.errors import ParameterError
from retencion_lib.words import shown


def campaign(adopt: str = "", reason: str = "", approver: str = "", **given: str) -> None:
    """Say which terms of the campaign are in force, or put others in force."""
    from retencion_lib.audit.terms import campaign as adopting
    from retencion_lib.audit.terms import say_campaign as say
    from retencion_lib.runs import index

    if adopt or given:
        done, before = adopting.put_in_force(adopt, given, reason=reason, approver=approver)
        index.write()  # it says the change, and its sliders start at these terms
        print(shown(say.adopted(done, before)))
        return
    if reason or approver:
        raise ParameterError(
            "Falta qué adoptar: --adopt last, --adopt EJECUCIÓN, o los valores, como "
            "--capacity 0.2."
        )
    agreed = adopting.needed()
    print(shown(say.standing(agreed)))
    if waits := adopting.waiting(agreed):
        print(shown(say.pending(*waits, agreed)))


def whatif(html: str = "", **given: str) -> None:
    """Say what other terms would earn; nothing is written in the home."""
    from retencion_lib.audit.terms import say_whatif as say
    from retencion_lib.audit.terms import whatif as asking

    place = asking.check_place(html) if html else None
    found = asking.asked()
    agreed = found.agreed.terms
    earned = [
        asking.earned(found.scores, agreed, values) for values in asking.combinations(agreed, given)
    ]
    print(f"{say.headline(found)}\n\n{say.table(earned)}")
    if place:
        asking.write_page(place, say.to_html(found, earned))
        print(f"\nEscrito: {place}")
