// The service: one function per address. What goes wrong becomes a `ServiceError` in words.

import * as key from "./key.js";

/** What the service, or the way to it, answered instead of a result. */
export class ServiceError extends Error {
  constructor({ code = "", what, next_step = "", place = "", status = 0 }) {
    super(what);
    this.name = "ServiceError";
    Object.assign(this, { code, what, nextStep: next_step, place, status });
  }
}

async function ask(path, { body, signal } = {}) {
  const shown = key.header();
  const request = body === undefined
    ? { signal, headers: shown }
    : {
      method: "POST", signal, body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", ...shown },
    };
  let response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServiceError({
      what: "The service does not answer.",
      next_step: "See whether `relatome serve` still runs, then try again. Your text is still here.",
    });
  }
  if (response.ok) return response;
  if (response.status === 401 && (await key.other(shown))) return ask(path, { body, signal });
  throw new ServiceError({ ...(await told(response)), status: response.status });
}

async function told(response) {
  let error;
  try {
    ({ error } = await response.json());
  } catch {
    // Not the service's own answer: a proxy's page, or nothing.
  }
  if (error?.what) {
    const wait = Number(response.headers.get("Retry-After"));
    return wait > 0
      ? { ...error, next_step: `${error.next_step ?? ""} Try again in ${wait} s.`.trim() }
      : error;
  }
  return {
    what: `The service answered with status ${response.status} and no explanation.`,
    next_step: "Try again; if it stays so, look into the log of `relatome serve`.",
  };
}

const json = async (path, options) => (await ask(path, options)).json();

export const models = () => json("/v1/models");
export const examples = () => json("/v1/examples");
export const extract = (body, signal) => json("/v1/extract", { body, signal });
export const extractIds = (body, signal) => json("/v1/extract/pmids", { body, signal });

/** Documents in a file format: the file as a Blob, and what the format cannot hold, in words. */
export async function convert(documents, format) {
  const response = await ask("/v1/convert", { body: { documents, format } });
  const lost = response.headers.get("X-Relatome-Lost") ?? "";
  return { file: await response.blob(), lost: lost.replaceAll(" x ", " × ") };
}

const query = (values) => new URLSearchParams(values).toString();

export const searchGraph = (name) => json(`/v1/graph/search?${query({ name })}`);
export const neighbours = (id, depth = 1) => json(`/v1/graph/neighbours?${query({ id, depth })}`);
export const evidence = (head, tail, type) =>
  json(`/v1/graph/evidence?${query({ head, tail, type })}`);
