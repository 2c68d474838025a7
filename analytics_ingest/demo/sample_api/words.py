"""The texts of the sample rows, by the name of the field.

`values` looks a field up in `CHOICES` first and composes everything else from the other lists.
"""

from collections.abc import Mapping

ADJECTIVES = (
    *(
        "Quiet",
        "Guided",
        "Weekly",
        "Überarbeitete",
        "Self-service",
        "Mobile",
        "Première",
        "Público",
    ),
)
NOUNS = (
    *("onboarding checklist", "billing overview", "Kundenübersicht", "Café finder"),
    *("invoice export", "tableau de bord", "東京 rollout", "import wizard", "welcome tour 🚀"),
)
PEOPLE = ("Amélie Laurent", "Björn Åkesson", "Dana O'Brien", "Hiroshi Tanaka", "Łucja Wójcik")
SENTENCES = (
    "Could we ship this before the freeze?",
    'The label says "Save" but nothing is saved.',
    "Blocked by the vendor, see the thread.\nWill follow up on Monday.",
    "Numbers are off by 0,5 % — rounding?",
    "お客様から確認済みです。",
)
WORDS = ("alpha", "beta", "billing", "mobile", "größe", "q3", "vip", "churn-risk", "интерфейс")
SIDES = ("top-left", "top-right", "bottom-left", "bottom-right", "center")

CHOICES: Mapping[str, tuple[str, ...]] = {
    "branding": ("basic", "premium"),
    "city": ("Zürich", "Lisboa", "Austin", "Kraków", "大阪"),
    "content_type": ("image/png", "application/pdf", "text/csv"),
    "country": ("CH", "PT", "US", "PL", "JP"),
    "currency": ("EUR", "USD", "GBP", "JPY", "CHF"),
    "domain": ("status.example.com", "app.example.org", "münchen.example"),
    "enabled": ("enabled", "disabled", "staging"),
    "field_type": ("enum", "text", "number"),
    "change.kind": ("create", "update", "publish", "delete"),
    "item.kind": ("article", "video", "podcast"),
    "mode": ("email", "sms", "webhook", "chat"),
    "model_type": ("Tour", "Survey", "Launcher"),
    "path": ("/dashboard", "/settings/billing", "/reports/überblick"),
    "role": ("admin", "member", "observer", "owner"),
    "page.state": ("operational", "maintenance", "draft"),
    "state": ("to do", "in progress", "done", "closed"),
    "status": ("unstarted", "started", "done"),
    "story_type": ("feature", "bug", "chore"),
    "style": ("modal", "slideout", "banner"),
    "time_zone": ("UTC", "Europe/Zurich", "America/Chicago", "Asia/Tokyo"),
    "transaction.status": ("pending", "paid", "failed", "refunded"),
    "trigger": ("click", "hover", "auto"),
    "type": ("milestone", "objective"),
}
"""Fields with a few values of their own, by `field` or, where it differs, `entity.field`."""
