"""OAuth2: a token for all requests of a load, by client credentials or by a refresh token."""

import threading
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import pendulum
from dlt.sources.helpers.rest_client.auth import OAuth2ClientCredentials
from requests import PreparedRequest, RequestException, Session

from analytics_ingest.extract.http.retry import TokenServerConnectionError, UnusableAnswerError


class SharedOAuth2(OAuth2ClientCredentials):
    """A token that is fetched once for all threads.

    Args:
        refresh_token: With it the refresh grant is used, else client credentials; a new one that
            comes with a token takes its place.
    """

    def __init__(
        self,
        *,
        session: Session,
        timeouts: tuple[float, float],
        refresh_token: str | None,
        **given: Any,
    ) -> None:
        super().__init__(**given, session=session)
        self.refresh_token = refresh_token
        self._timeouts = timeouts
        self._lock = threading.Lock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        with self._lock:
            return super().__call__(request)

    def build_access_token_request(self) -> dict[str, Any]:
        """The arguments of the token request."""
        built = super().build_access_token_request()
        if self.refresh_token:
            grant = {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
            built["data"] = {**built["data"], **grant}
        return built

    def obtain_token(self) -> None:
        """Ask for a token once; the endpoint's error handler decides about another try."""
        try:
            response = self.session.post(
                self.access_token_url, timeout=self._timeouts, **self.build_access_token_request()
            )
        except RequestException:
            raise TokenServerConnectionError from None
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            told = f"the token request was answered {response.status_code}; check access_token_url"
            others = "client_secret and refresh_token" if self.refresh_token else "client_secret"
            raise UnusableAnswerError(response, f"{told}, client_id, {others}")
        try:
            answer = response.json()
            token, seconds = answer["access_token"], self.parse_expiration_in_seconds(answer)
        except (ValueError, TypeError, KeyError, AttributeError):
            answer, token, seconds = {}, None, 0
        if not isinstance(token, str):
            raise UnusableAnswerError(response, "the token answer holds no usable access_token")
        self.parse_native_representation(token)
        self.token_expiry = pendulum.now().add(seconds=seconds)
        self._keep_refresh_token(answer)

    def _keep_refresh_token(self, answer: Mapping[str, Any]) -> None:
        rotated = answer.get("refresh_token")
        if self.refresh_token and isinstance(rotated, str) and rotated:
            self.refresh_token = rotated
