"""Containers as the executors' tests have them."""

from tests.integration.executors.conftest import docker_executor, make_docker, state, wrapper_image

__all__ = ["docker_executor", "make_docker", "state", "wrapper_image"]
