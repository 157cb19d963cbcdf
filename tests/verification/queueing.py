"""Textbook answers for queues, written from the books and not from the model."""

from math import exp, factorial

import numpy as np


def erlang_c(arrivals: float, service: float, servers: int) -> float:
    """Return the chance to wait in M/M/c."""
    load = arrivals / service
    busy = load**servers / factorial(servers) * servers / (servers - load)
    return busy / (sum(load**k / factorial(k) for k in range(servers)) + busy)


def mean_wait(arrivals: float, service: float, servers: int) -> float:
    """Return the mean wait in M/M/c."""
    return erlang_c(arrivals, service, servers) / (servers * service - arrivals)


def waits_longer(arrivals: float, service: float, servers: int, days: float) -> float:
    """Return P(W > days) in M/M/c, first come first served."""
    return erlang_c(arrivals, service, servers) * exp(-(servers * service - arrivals) * days)


def cobham(arrivals: list[float], service: float, servers: int) -> list[float]:
    """Return mean waits by class, the first class first, without preemption (Cobham 1954)."""
    total = sum(arrivals)
    capacity = servers * service
    residual = erlang_c(total, service, servers) / capacity
    used = np.concatenate([[0.0], np.cumsum(arrivals)]) / capacity
    return [residual / ((1 - used[k]) * (1 - used[k + 1])) for k in range(len(arrivals))]


def machine_repair(machines: int, fault: float, service: float, servers: int) -> np.ndarray:
    """Return the chance of each number of machines that are down (Palm 1947)."""
    weight = [1.0]
    for down in range(machines):
        weight.append(weight[-1] * (machines - down) * fault / (min(down + 1, servers) * service))
    return np.array(weight) / sum(weight)
