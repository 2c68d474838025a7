"""What went wrong with a request → an `ApiError` whose message is safe to show.

`error_messages` and `connection_messages` word it; here the kind of the error is chosen, and the
secrets and the values of rows that are known are removed.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from requests import RequestException

from analytics_ingest.common.errors import ApiDownError, ApiError, BudgetUsedUpError
from analytics_ingest.common.redaction import redact
from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.extract.http.api_request import ApiRequest
from analytics_ingest.extract.http.connection_messages import Address, format_connection_message
from analytics_ingest.extract.http.error_messages import (
    format_address_message,
    format_invalid_request_message,
    format_response_message,
)
from analytics_ingest.extract.http.errors import (
    CONNECTION_ERRORS,
    RefusedAddressError,
    find_tls_problem,
)
from analytics_ingest.extract.http.rate_limits import is_overload
from analytics_ingest.extract.settings import name_variable

_OF_JOB = "the address that the job has given, which may have expired"
"""What to check if a result at another host cannot be downloaded."""


class Failures:
    """Explains the failures of one API's requests.

    Args:
        address: Of the API.
        secrets: Gives the secrets that are known by now; no message shows them.
        key_settings: Gives the names of the settings that hold them.
    """

    def __init__(
        self,
        address: Address,
        secrets: Callable[[], Iterable[str]],
        key_settings: Callable[[], Iterable[str]],
    ) -> None:
        self._address = address
        self._secrets = secrets
        self._key_settings = key_settings

    @contextmanager
    def explain(self, request: ApiRequest) -> Iterator[None]:
        """Open a block that sends a request.

        Raises:
            ApiDownError: The API is overloaded, or does not respond.
            ApiError: It refuses this request.
        """
        try:
            yield
        # The chain of causes is cut: it holds the URL with its key, and the body.
        except RefusedAddressError as error:
            message = format_address_message(error, self._address.url)
            raise self._build_error(ApiError, request, message) from None
        except BudgetUsedUpError as error:
            raise self._build_error(BudgetUsedUpError, request, str(error)) from None
        except UnusableResponseError as error:
            raise self._build_refusal(error, request) from None
        except CONNECTION_ERRORS as error:
            address = self._find_address(request)
            message = format_connection_message(error, address, request.attempts.requests)
            is_down = not find_tls_problem(error) and not request.elsewhere
            kind = ApiDownError if is_down else ApiError
            raise self._build_error(kind, request, message) from None
        except (RequestException, OSError, UnicodeError) as error:
            raise self._build_error(
                ApiError, request, format_invalid_request_message(error)
            ) from None

    def _build_refusal(self, error: UnusableResponseError, request: ApiRequest) -> ApiError:
        is_down = is_overload(error.response) and not request.elsewhere
        kind = ApiDownError if is_down else ApiError
        redact_words = partial(self._redact, request, also_short=True)
        keys = map(name_variable, self._key_settings())
        keys = [_OF_JOB] if request.elsewhere else keys
        message = format_response_message(error, request.attempts.requests, redact_words, keys)
        refusal = self._build_error(kind, request, message)
        refusal.status = None if error.is_from_auth else error.response.status_code
        refusal.is_declared = error.is_retryable is not None
        return refusal

    def _find_address(self, request: ApiRequest) -> Address:
        if request.elsewhere is None:
            return self._address
        return Address(request.elsewhere, _OF_JOB, self._address.timeouts)

    def _build_error(self, kind: type[ApiError], request: ApiRequest, message: str) -> ApiError:
        return kind(f"{request.place}: {self._redact(request, message)}")

    def _redact(self, request: ApiRequest, text: str, *, also_short: bool = False) -> str:
        secrets = (*self._secrets(), *request.row_values)
        return redact(text, secrets, also_short=also_short)
