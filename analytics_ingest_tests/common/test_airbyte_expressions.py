"""Expressions mean what they mean in airbyte-cdk: functions, filters, and what becomes of a result.

The expected values are those that airbyte-cdk gives for the same expressions, settings and slice.
"""

from typing import Any

import pytest
import time_machine

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.expressions.setting_text import SettingText, read_setting
from analytics_ingest.common.expressions.text import has_expression
from analytics_ingest.common.json_tree import DROPPED
from analytics_ingest.extract.requests.request_text import RequestValues

SETTINGS = {
    "text": "Ab-cD",
    "n": "5",
    "flag": "true",
    "off": "false",
    "ids": '["a", "b"]',
    "day": "2026-01-05",
    "at": "2026-01-05T10:20:30+02:00",
    "ms": "1767607200000",
    "deep": '{"key": "v"}',
    "url": "https://x.test/a?b=c d",
    "link": '<https://x.test/i?after=c2&n=1>; rel="next"',
}
"""As texts, which is what the environment holds; airbyte-cdk was given them with their types."""
PARTITION = {
    "id": 7,
    "start_time": SettingText("2026-01-05T00:00:00Z"),
    "end_time": SettingText("2026-01-06"),
}

# An expression, what it is in a JSON body, and what it is in a query.
CASES: list[tuple[str, Any, Any]] = [
    ("{{ config['text'] | upper }}", "AB-CD", "AB-CD"),
    ("{{ config['n'] + 1 }}", 6, "6"),
    ("{{ config['n'] * 2 - 1 }}", 9, "9"),
    ("{{ 'yes' if config['flag'] else 'no' }}", "yes", "yes"),
    ("{{ 'yes' if config['off'] else 'no' }}", "no", "no"),
    ("{{ config.get('gone', 'x') }}", "x", "x"),
    ("{{ config['gone'] or 'y' }}", "y", "y"),
    ("{{ config['gone'] | default('z') }}", "z", "z"),
    ("{{ config['ids'] | join(',') }}", "a,b", "a,b"),
    ("{{ config['ids'][0] }}", "a", "a"),
    ("{{ config['deep']['key'] }}", "v", "v"),
    ("{{ timestamp(config['day']) }}", 1767571200.0, "1767571200.0"),
    ("{{ timestamp(1658505815.223235) }}", 1658505815, "1658505815"),
    ("{{ timestamp(config['at']) | int }}", 1767601230, "1767601230"),
    ("{{ max(2, 3) }}", 3, "3"),
    ("{{ min(config['n'], 3) }}", 3, "3"),
    ("{{ max([1, 4]) }}", 4, "4"),
    ("{{ format_datetime(config['day'], '%Y/%m/%d') }}", "2026/01/05", "2026/01/05"),
    (
        "{{ format_datetime(config['at'], '%Y-%m-%dT%H:%M:%SZ') }}",
        "2026-01-05T08:20:30Z",
        "2026-01-05T08:20:30Z",
    ),
    ("{{ format_datetime(config['at'], '%s') }}", 1767601230, "1767601230"),
    ("{{ format_datetime(config['at'], '%ms') }}", 1767601230000, "1767601230000"),
    ("{{ format_datetime(config['at'], '%s_as_float') }}", 1767601230.0, "1767601230.0"),
    (
        "{{ format_datetime(config['day'], '%epoch_microseconds') }}",
        1767571200000000,
        "1767571200000000",
    ),
    ("{{ format_datetime('05.01.2026', '%Y-%m-%d', '%d.%m.%Y') }}", "2026-01-05", "2026-01-05"),
    ("{{ format_datetime(1767607200, '%Y-%m-%d') }}", "2026-01-05", "2026-01-05"),
    (
        "{{ format_datetime(config['ms'], '%Y-%m-%dT%H:%M:%S', '%ms') }}",
        "2026-01-05T10:00:00",
        "2026-01-05T10:00:00",
    ),
    (
        "{{ format_datetime('2026-01-05T10:20:30.123456Z', '%H:%M:%S.%_ms') }}",
        "10:20:30.123",
        "10:20:30.123",
    ),
    (
        "{{ format_datetime(str_to_datetime('2026-01-31') + duration('P1M'), '%Y-%m-%d') }}",
        "2026-02-28",
        "2026-02-28",
    ),
    (
        "{{ (str_to_datetime(config['day']) - duration('P1DT2H')).strftime('%Y-%m-%d %H') }}",
        "2026-01-03 22",
        "2026-01-03 22",
    ),
    ("{{ duration('PT90M') }}", "1:30:00", "1:30:00"),
    (
        "{{ (str_to_datetime(config['day']) - duration('P1Y')).isoformat() }}",
        "2025-01-05T00:00:00+00:00",
        "2025-01-05T00:00:00+00:00",
    ),
    (
        "{{ format_datetime(str_to_datetime('2026-03-31') - duration('P1M'), '%Y-%m-%d') }}",
        "2026-02-28",
        "2026-02-28",
    ),
    ("{{ duration('P2W').total_seconds() }}", 1209600.0, "1209600.0"),
    ("{{ duration('P1D').days }}", 1, "1"),
    ("{{ str_to_datetime('2026-01') }}", "2026-01-01 00:00:00+00:00", "2026-01-01 00:00:00+00:00"),
    ("{{ str_to_datetime('20260105') }}", "2026-01-05 00:00:00+00:00", "2026-01-05 00:00:00+00:00"),
    ("{{ str_to_datetime(config['at']).year }}", 2026, "2026"),
    (
        "{{ sanitize_url(config['url']) }}",
        "https%3A%2F%2Fx.test%2Fa%3Fb%3Dc+d",
        "https%3A%2F%2Fx.test%2Fa%3Fb%3Dc+d",
    ),
    ("{{ camel_case_to_snake_case('CamelCaseID') }}", "camel_case_i_d", "camel_case_i_d"),
    (
        "{{ config['text'] | hash }}",
        "d5291267618a014b810be3311d9c0b40",
        "d5291267618a014b810be3311d9c0b40",
    ),
    (
        "{{ config['text'] | hash('sha256', 'salt') }}",
        "f9f9f79f9d80abf8d60bcfe6a641478dadfd34d7e7dc5eae8845bb023131c560",
        "f9f9f79f9d80abf8d60bcfe6a641478dadfd34d7e7dc5eae8845bb023131c560",
    ),
    (
        "{{ config['n'] | hash('sha1') }}",
        "ac3478d69a3c81fa62e60f5c3696165a4e5e6ac4",
        "ac3478d69a3c81fa62e60f5c3696165a4e5e6ac4",
    ),
    (
        "{{ config['text'] | hmac('k') }}",
        "be31900faf6b2c738a1768c64ffe8912e508703eea6c9ca5a23c10706093d787",
        "be31900faf6b2c738a1768c64ffe8912e508703eea6c9ca5a23c10706093d787",
    ),
    ("{{ config['text'] | base64encode }}", "QWItY0Q=", "QWItY0Q="),
    ("{{ config['text'] | base64binascii_decode }}", "QWItY0Q=", "QWItY0Q="),
    ("{{ config['link'] | regex_search('after=([^&]*)') }}", "c2", "c2"),
    ("{{ config['link'] | regex_search('nope(.)') }}", None, None),
    ("{{ config['link'] | regex_search('after') }}", None, None),
    ("{{ config['text'] | regex_replace('[A-Z]', '_') }}", "_b-c_", "_b-c_"),
    ("{{ config['text'] | regex_replace('(.)-(.)', '\\\\2-\\\\1') }}", "Ac-bD", "Ac-bD"),
    ("{{ config['deep'] | tojson }}", {"key": "v"}, '{"key": "v"}'),
    ("{{ config['ids'] | tojson }}", ["a", "b"], ["a", "b"]),
    ("{{ config['n'] | string }}", "5", "5"),
    ("{{ config['deep'] | string }}", '{"key": "v"}', '{"key": "v"}'),
    ("{{ config['text'] | string }}", "Ab-cD", "Ab-cD"),
    ("{{ stream_partition['id'] }}", 7, "7"),
    ("{{ stream_slice.id + 1 }}", 8, "8"),
    ("{{ stream_interval['start_time'] }}", "2026-01-05T00:00:00Z", "2026-01-05T00:00:00Z"),
    ("{{ format_datetime(stream_interval['end_time'], '%d.%m.%Y') }}", "06.01.2026", "06.01.2026"),
    ("{{ stream_slice['gone'] }}", None, None),
    ("{{ stream_partition.get('gone', 'd') }}", "d", "d"),
    ("{% if config['flag'] %}on{% else %}off{% endif %}", "on", "on"),
    ("{% set x = config['n'] %}{{ x * 2 }}", 10, "10"),
    ("{% set a, b = config['text'].split('-') %}{{ b ~ a }}", "cDAb", "cDAb"),
    (
        "[{% for i in config['ids'] %}'{{ i }}'{% if not loop.last %},{% endif %}{% endfor %}]",
        *(["a", "b"], ["a", "b"]),
    ),
    (
        "{% for k, v in config['deep'].items() if k != 'x' %}{{ k }}{{ v }}{% endfor %}",
        "keyv",
        "keyv",
    ),
    ("{% for i in config['gone'] %}{{ i }}{% else %}no{% endfor %}", "no", "no"),
    ("{% for i in config['ids'] if i == 'b' %}{{ loop.index }}{{ i }}{% endfor %}", "1b", "1b"),
    (
        "{% set sum = namespace(n=1) %}{% for i in config['ids'] %}{% set sum.n = sum.n * 3 %}"
        "{% endfor %}{{ sum.n }}",
        *(9, "9"),
    ),
    ("{% set n = 1 %}{% for i in config['ids'] %}{% set n = n + 1 %}{% endfor %}{{ n }}", 1, "1"),
    ("a-{{ config['text'] }}-{{ stream_partition.id }}", "a-Ab-cD-7", "a-Ab-cD-7"),
    ("['{{ config['text'] }}']", ["Ab-cD"], ["Ab-cD"]),
    ("{{ [config['text']] }}", ["Ab-cD"], ["Ab-cD"]),
    ("{{ config['n'] > 3 }}", True, "True"),
    ("{{ '00123' ~ config['gone'] }}", "00123", "00123"),
    ("{{ '5' ~ config['gone'] }}", 5, "5"),
    ("{{ config['text'].split('-')[1] }}", "cD", "cD"),
    ("{{ config['text'][0:2] }}", "Ab", "Ab"),
    ("{{ config['day'].replace('-', '') }}", 20260105, "20260105"),
    ("{{ config['text'] in ['Ab-cD'] }}", True, "True"),
    ("{{ config['n'] == 5 }}", True, "True"),
    ("{{ config['n'] | int % 2 }}", 1, "1"),
    ("{{ -config['n'] }}", -5, "-5"),
]


def values() -> RequestValues:
    """What the expressions read."""
    config = {name: read_setting(value) for name, value in SETTINGS.items()}
    variables = {
        **dict.fromkeys(("config", "settings"), config),
        **dict.fromkeys(("stream_partition", "stream_slice", "stream_interval"), PARTITION),
        "next_page_token": None,
    }
    return RequestValues("demo.items: endpoint", {}, {}, variables, lambda _: None)


@pytest.mark.parametrize(("text", "in_json", "in_query"), CASES, ids=[case[0] for case in CASES])
def test_an_expression_gives_what_airbyte_gives(text: str, in_json: Any, in_query: Any) -> None:
    sent = values().fill_json(text, "json.a")
    assert (None if sent is DROPPED else sent) == in_json
    assert type(sent) is type(in_json) or sent is DROPPED
    assert values().fill_param(text, "params.a") == in_query


NOW = [
    ("{{ now_utc().strftime('%Y-%m-%dT%H:%M:%SZ') }}", "2026-01-05T23:30:00Z"),
    ("{{ today_utc() }}", "2026-01-05"),
    ("{{ today_with_timezone('Asia/Tokyo') }}", "2026-01-06"),
    ("{{ day_delta(-2) }}", "2026-01-03T23:30:00.000000+0000"),
    ("{{ day_delta(1, format='%Y-%m-%d') }}", "2026-01-06"),
    ("{{ day_delta(-config['n'], '%d') }}", "31"),
    ("{{ format_datetime(now_utc() - duration('P1M'), '%Y-%m-%d') }}", "2025-12-05"),
    ("{{ (today_utc() - duration('P1D')).isoformat() }}", "2026-01-04"),
    ("{{ timestamp(now_utc()) | int }}", "1767655800"),
]


@pytest.mark.parametrize(("text", "expected"), NOW)
def test_the_present_is_the_one_of_the_request(text: str, expected: str) -> None:
    with time_machine.travel("2026-01-05T23:30:00Z", tick=False):
        assert values().fill_param(text, "params.a") == expected


def test_a_uuid_is_another_each_time() -> None:
    texts = {values().fill_param("{{ generate_uuid() }}", "params.a") for _ in range(3)}
    assert {len(text) for text in texts} == {36}
    assert len(texts) == 3


LITERAL = [
    "{{ settings.id }}",
    "{{settings['id']}}",
    "{{ items {{ settings.id }} }}",
    "{{ config {{ id }} }}",
    "{{ next_page_token }}",
    "{{ stream_slice }}",
    "{{ max(first: 10) {{ id }} }}",
    "{{ max(first: 10) }}",
    "{{ orders {{ node {{ timestamp(format: ISO) total }} }} }}",
    "{{ a { b } config }}",
    "{{{settings.id}}}",
    "{{ {settings.id} }}",
    "{{}}",
    "{{ duration(x) }}",
    "{{ 'a' | base64encode }}",
    "{% config %}",
]


@pytest.mark.parametrize("text", LITERAL)
def test_a_double_brace_that_is_not_airbytes_is_not_an_expression(text: str) -> None:
    assert not has_expression(text)


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)*b", r"(\d{1,99})*x", "(a?){17,}b"])
@pytest.mark.parametrize("filter_name", ["regex_search", "regex_replace"])
def test_a_pattern_that_repeats_what_repeats_is_refused(pattern: str, filter_name: str) -> None:
    rest = ", ''" if filter_name == "regex_replace" else ""
    text = f"{{{{ config.text | {filter_name}(config.pattern ~ ''{rest}) }}}}"
    refused = values()
    refused.variables["config"]["pattern"] = pattern
    with pytest.raises(ApiError, match="cannot be evaluated"):
        refused.fill_param(text, "params.a")


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "pattern", ["a*a*a*a*a*a*a*a*b", "a?" * 30 + "b", "(.*)(.*)(.*)(.*)x", ".*(?=.*.*.*y)"]
)
def test_a_pattern_that_may_take_long_is_refused_for_a_long_text(pattern: str) -> None:
    long = values()
    long.variables["config"]["text"] = "a" * 2_000
    with pytest.raises(ApiError, match="cannot be evaluated"):
        long.fill_param(f"{{{{ config.text | regex_search('{pattern}') }}}}", "params.a")


@pytest.mark.parametrize(
    "text",
    [
        "{{ config.text | hash('shake_128') }}",
        "{{ config.text | hmac('k', 'md5') }}",
        "{{ config.text | base64decode }}",
        "{{ format_datetime('yesterday', '%Y') }}",
        "{{ duration('1 day') ~ config.n }}",
        "{{ now_utc().__class__ }}",
        "{{ now_utc().astimezone() }}",
        "{{ day_delta(config.text) }}",
        "{{ config.text - 1 }}",
        "{{ 'x' * config.n }}",
    ],
)
def test_an_error_names_the_expression_and_no_value(text: str) -> None:
    with pytest.raises(ApiError) as failed:
        values().fill_param(text, "params.a")
    assert str(failed.value).startswith(
        f"demo.items: endpoint.params.a: '{text}' cannot be evaluated ("
    )
    assert "Ab-cD" not in str(failed.value)


def test_more_loops_than_python_compiles_end_in_a_sentence() -> None:
    text = "{% for a in [1] %}" * 21 + "{{ config.n }}" + "{% endfor %}" * 21
    with pytest.raises(ApiError, match="is nested too deeply; write fewer loops or operators"):
        values().fill_param(text, "params.a")
