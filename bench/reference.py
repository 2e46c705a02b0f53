"""The bare reference: FastAPI and asyncpg, one transaction with two inserts, and nothing a product needs."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import uvicorn
import uvloop
from fastapi import FastAPI, Request
from pydantic import BaseModel

from shared.db import plain_url

TABLES = """
DROP SCHEMA IF EXISTS reference CASCADE;
CREATE SCHEMA reference;
CREATE TABLE reference.incidents (id uuid PRIMARY KEY, title text NOT NULL, description text NOT NULL);
CREATE TABLE reference.outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL);
"""


class Report(BaseModel):
    title: str
    description: str


def build(database_url: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.pool = await asyncpg.create_pool(plain_url(database_url), min_size=5, max_size=5)
        await app.state.pool.execute(TABLES)
        yield
        await app.state.pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/incidents", status_code=201)
    async def report(body: Report, request: Request) -> dict[str, str]:
        incident_id = uuid4()
        async with request.app.state.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "INSERT INTO reference.incidents VALUES ($1, $2, $3)", incident_id, body.title, body.description
            )
            await connection.execute("INSERT INTO reference.outbox (body) VALUES ($1)", body.title)
        return {"id": str(incident_id)}

    return app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database-url", required=True)
    arguments = parser.parse_args()
    config = uvicorn.Config(build(arguments.database_url), port=arguments.port, log_config=None)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
