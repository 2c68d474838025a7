"""Chromium without a screen, used as a person uses it: by the words on the page."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import url_changes
from selenium.webdriver.support.wait import WebDriverWait

from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.waiting import Result, wait_for

PICTURES_SETTING = "ANALYTICS_INGEST_PICTURES"
"""Set it to take the README's pictures again; otherwise tests leave the project as it is."""

PICTURES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1400, 900
PICTURE_SCALE = 1.25
"""Pictures are shown smaller than they are, so what they show is larger."""
APPEARS_WITHIN = 120
BETWEEN_CLICKS = 10
BETWEEN_LOOKS = 0.5
"""Seconds; for each look Chromium lays out the page."""

_SWITCHES = (
    "--headless",
    "--no-sandbox",  # Chromium refuses to be root with it
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    # Nothing but the page may reach for the network.
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_COVERED_OR_GONE = (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
)
"""The page is still changing: what was found can be clicked in a moment, or is found again."""


def pictures_are_wanted() -> bool:
    """Whether the README's pictures are to be taken again."""
    return bool(os.environ.get(PICTURES_SETTING))


@dataclass(frozen=True)
class Browser:
    """One window."""

    driver: Chrome

    def open(self, url: str) -> None:
        """Enter an address."""
        self.driver.get(url)

    @property
    def errors(self) -> list[str]:
        """What the console has reported as an error since this was last asked."""
        entries = self.driver.get_log("browser")
        return [str(entry["message"]) for entry in entries if entry["level"] == "SEVERE"]

    @property
    def text(self) -> str:
        """All that the page says."""
        return self.driver.execute_script("return document.body.innerText")

    def click(self, words: str) -> None:
        """Click what bears these words, as soon as it is there; of several, the last one."""
        self._wait(lambda: self._clicked(words), f"'{words}' to click")

    def click_to_leave(self, words: str) -> None:
        """Click what leads to another page, again where it was not ready yet."""
        left = self.driver.current_url

        def has_left() -> bool:
            self.click(words)
            try:
                WebDriverWait(self.driver, BETWEEN_CLICKS).until(url_changes(left))
            except TimeoutException:
                return False
            return True

        self._wait(has_left, f"'{words}' to lead to another page")

    def click_to_show(self, words: str, shown: str) -> None:
        """Click what makes the page show other words, again where it was not ready yet."""

        def shows() -> bool:
            self.click(words)
            try:
                WebDriverWait(self.driver, BETWEEN_CLICKS).until(lambda _: shown in self.text)
            except TimeoutException:
                return False
            return True

        self._wait(shows, f"'{words}' to show '{shown}'")

    def type(self, placeholder: str, value: str) -> None:
        """Write into the field that shows `placeholder` while it is empty."""
        xpath = f"//input[@placeholder='{placeholder}']"
        found = self._wait(
            lambda: self.driver.find_elements(By.XPATH, xpath), f"the field '{placeholder}'"
        )
        found[-1].send_keys(value, Keys.TAB)

    def wait_until_it_says(self, *lines: str) -> None:
        """Return when all lines stand on the page, one after the other."""
        expected = "\n".join(lines)
        self._wait(lambda: expected in self.text, f"the page to say {lines}")

    def picture(self, name: str, *, height: int, shows: str) -> None:
        """Take a picture for the README, where it is wanted.

        Args:
            height: Of the picture, in pixels.
            shows: Words that the page says when it is complete.
        """
        if not pictures_are_wanted():
            return
        self.click("Hide navigation")
        self._resize(height, PICTURE_SCALE)
        self.driver.refresh()
        self._wait(lambda: shows in self.text and "Loading…" not in self.text, f"'{shows}'")
        self.driver.save_screenshot(PICTURES / f"{name}.png")
        self.driver.execute_script("localStorage.clear()")
        self._resize(HEIGHT)

    def _wait(self, look: Callable[[], Result], what: str) -> Result:
        return wait_for(
            look,
            what,
            seconds=APPEARS_WITHIN,
            tell=lambda: f"{self.driver.current_url}\n{self.text}",
            pause=BETWEEN_LOOKS,
        )

    def _clicked(self, words: str) -> bool:
        xpath = f"//*[normalize-space(text())='{words}']"
        for element in reversed(self.driver.find_elements(By.XPATH, xpath)):
            try:
                element.click()
            except _COVERED_OR_GONE:
                continue
            return True
        return False

    def _resize(self, height: int, scale: float = 1) -> None:
        size = {"width": round(WIDTH / scale), "height": round(height / scale)}
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {**size, "deviceScaleFactor": scale, "mobile": False},
        )


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Open a window; the test is skipped where there is no Chromium."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not binary or not driver:
        pytest.skip("chromium and chromedriver are not installed (Debian: chromium-driver)")
    options = ChromeOptions()
    options.binary_location = binary
    window = (f"--user-data-dir={profile}", f"--window-size={WIDTH},{HEIGHT}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for switch in (*_SWITCHES, *window):
        options.add_argument(switch)
    started = Chrome(options, ChromeService(driver))
    try:
        yield Browser(started)
    finally:
        started.quit()
