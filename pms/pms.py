"""Composition root: the Reflex app, its pages, the HTTP application, what runs beside them. Nothing else."""

from __future__ import annotations

import reflex as rx

from pms.api.app import http

app = rx.App(api_transformer=http, html_lang="en")


@app.add_page
def index() -> rx.Component:
    return rx.el.main(rx.el.h1("Octaspace"))
