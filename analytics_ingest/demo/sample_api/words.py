"""The texts of the sample rows, by the name of the field.

`values` looks a field up in `CHOICES` first and composes everything else from the other lists.
"""

from collections.abc import Mapping

ADJECTIVES = (
    *("Quiet", "Guided", "Faster", "Weekly", "Überarbeitete", "Self-service", "Mobile", "Shared"),
    *("Première", "Nächtliche", "Unified", "Lightweight", "Público", "Secure", "Experimental"),
)

NOUNS = (
    *("onboarding checklist", "billing overview", "release notes", "Kundenübersicht"),
    *("search results", "Café finder", "invoice export", "permission model", "tableau de bord"),
    *("status banner", "東京 rollout", "data residency", "import wizard", "welcome tour 🚀"),
)

PEOPLE = (
    *("Amélie Laurent", "Björn Åkesson", "Chidi Okafor", "Dana O'Brien", "Emre Öztürk"),
    *("Fatima Zahra", "Grace Kim", "Hiroshi Tanaka", "Ines García", "Jan Novák", "Łucja Wójcik"),
)

SENTENCES = (
    "Could we ship this before the freeze?",
    "Fixed in staging; please have a look.",
    'The label says "Save" but nothing is saved.',
    "Müsste nach dem Umbau noch einmal geprüft werden.",
    "Blocked by the vendor, see the thread.\nWill follow up on Monday.",
    "Ça marche, merci !",
    "Numbers are off by 0,5 % — rounding?",
    "お客様から確認済みです。",
)

WORDS = ("alpha", "beta", "billing", "mobile", "größe", "q3", "vip", "churn-risk", "интерфейс")

CHOICES: Mapping[str, tuple[str, ...]] = {
    "branding": ("basic", "premium"),
    "city": ("Zürich", "Lisboa", "Austin", "Kraków", "大阪"),
    "components": ("cmp_01,cmp_07", "cmp_03", "cmp_02,cmp_05,cmp_09"),
    "content_type": ("image/png", "application/pdf", "text/csv"),
    "country": ("CH", "PT", "US", "PL", "JP"),
    "currency": ("EUR", "USD", "GBP", "JPY", "CHF"),
    "domain": ("status.example.com", "app.example.org", "münchen.example"),
    "enabled": ("enabled", "disabled", "staging"),
    "experiment_range": ("0-50", "50-100", "0-100"),
    "field_type": ("enum", "text", "number"),
    "host": ("app.example.com", "www.example.org"),
    "inline_position": ("before", "after", "append"),
    "ip_restrictions": ("192.0.2.0/24", "198.51.100.7", "203.0.113.0/28,192.0.2.5"),
    "change.kind": ("create", "update", "publish", "delete"),
    "item.kind": ("article", "video", "podcast"),
    "list_type": ("checklist", "list", "grid"),
    "mode": ("email", "sms", "webhook", "chat"),
    "model_type": ("Tour", "Survey", "Launcher"),
    "obfuscated_channel_name": ("#s****s", "#in*****ts", "#o*s"),
    "path": ("/dashboard", "/settings/billing", "/reports/überblick"),
    "phone_country": ("CH", "PT", "US"),
    "role": ("admin", "member", "observer", "owner"),
    "segments_op": ("and", "or"),
    "page.state": ("operational", "maintenance", "draft"),
    "state": ("to do", "in progress", "done", "closed"),
    "status": ("unstarted", "started", "done"),
    "story_type": ("feature", "bug", "chore"),
    "style": ("modal", "slideout", "banner"),
    "time_zone": ("UTC", "Europe/Zurich", "America/Chicago", "Asia/Tokyo"),
    "transaction.status": ("pending", "paid", "failed", "refunded"),
    "trigger": ("click", "hover", "auto"),
    "trigger_type": ("launcher", "element", "api"),
    "type": ("milestone", "objective"),
    "version": ("v1", "v2"),
    "widget_attachment_size": ("small", "medium", "large"),
}
"""Fields with a few values of their own, by `field` or, where it differs, `entity.field`."""

SIDES = ("top-left", "top-right", "bottom-left", "bottom-right", "center")
