"""The fixtures that give tests an engine and images to start from."""

from pathlib import Path

import docker

import agent_image


def test_python_image_runs_a_mounted_wrapper(
    docker_engine: docker.DockerClient, python_image: str
) -> None:
    package = Path(agent_image.__file__).parent
    said = docker_engine.containers.run(
        python_image,
        ["python3", "-P", "-c", "import agent_image.wrapper as w; print(w.__file__)"],
        volumes={str(package): {"bind": "/opt/orc/agent_image", "mode": "ro"}},
        network_mode="none",
        remove=True,
    )
    assert said == b"/opt/orc/agent_image/wrapper.py\n"


def test_an_engine_answers(docker_engine: docker.DockerClient) -> None:
    assert docker_engine.ping()
    assert docker_engine.info()["OSType"] == "linux"
