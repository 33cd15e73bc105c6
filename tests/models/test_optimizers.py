"""One optimizer a network, and the group that Keras' callbacks see."""

import keras
import numpy as np
import pytest

from keras_stackgan.models import optimizers

FLOAT16 = keras.dtype_policies.get("mixed_float16")
FLOAT32 = keras.dtype_policies.get("float32")


def variables():
    return [keras.Variable(np.ones((2, 3))), keras.Variable(np.ones(3))]


def rate(optimizer):
    return float(keras.ops.convert_to_numpy(optimizer.learning_rate))


def group(*rates, policy=FLOAT32):
    made = [optimizers.make(keras.optimizers.SGD(r), variables(), policy) for r in rates]
    return optimizers.OptimizerGroup(made[0], made[1:]), made


def test_the_papers_adam_by_default():
    adam = optimizers.resolve(None, "generator_optimizer")
    assert type(adam) is keras.optimizers.Adam
    assert rate(adam) == pytest.approx(2e-4)
    assert (adam.beta_1, adam.beta_2, adam.epsilon) == (0.5, 0.999, 1e-8)


def test_names_configs_and_instances_are_resolved():
    assert type(optimizers.resolve("sgd", "it")) is keras.optimizers.SGD
    given = keras.optimizers.RMSprop(0.3)
    assert optimizers.resolve(given, "it") is given
    config = keras.optimizers.serialize(given)
    assert rate(optimizers.resolve(config, "it")) == pytest.approx(0.3)
    for bad in ("adamm", 3, object()):
        with pytest.raises(ValueError, match="`mine` must be a Keras optimizer"):
            optimizers.resolve(bad, "mine")


def test_a_built_clone_leaves_the_given_instance_alone():
    given = keras.optimizers.Adam(0.3, beta_1=0.25, clipnorm=2.0)
    made = optimizers.make(given, variables(), FLOAT32)
    assert made is not given and made.get_config() == given.get_config()
    assert made.built and not given.built
    assert len(made.variables) > 4 and int(made.iterations.numpy()) == 0


def test_float16_scales_the_loss():
    made = optimizers.make(keras.optimizers.SGD(0.1), variables(), FLOAT16)
    assert isinstance(made, keras.optimizers.LossScaleOptimizer) and made.built
    assert type(optimizers.inner(made)) is keras.optimizers.SGD
    assert float(made.scale_loss(1.0)) > 1.0
    for policy in (FLOAT32, keras.dtype_policies.get("mixed_bfloat16")):
        plain = optimizers.make(keras.optimizers.SGD(0.1), variables(), policy)
        assert optimizers.inner(plain) is plain
        assert float(plain.scale_loss(1.0)) == 1.0


def test_a_wrapped_optimizer_is_not_wrapped_again():
    given = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1), initial_scale=8.0)
    made = optimizers.make(given, variables(), FLOAT16)
    assert type(optimizers.inner(made)) is keras.optimizers.SGD
    assert float(made.scale_loss(1.0)) == 8.0


@pytest.mark.parametrize("policy", [FLOAT32, FLOAT16])
def test_setting_the_rate_keeps_the_proportions(policy):
    together, made = group(0.1, 0.4, 0.05, policy=policy)
    assert together.learning_rate == pytest.approx(0.1)
    together.learning_rate = 0.02
    assert together.learning_rate == pytest.approx(0.02)
    assert [rate(o) for o in made] == pytest.approx([0.02, 0.08, 0.01])
    together.learning_rate = together.learning_rate * 5
    assert [rate(o) for o in made] == pytest.approx([0.1, 0.4, 0.05])


def test_a_generator_at_rest_gives_every_discriminator_its_rate():
    together, made = group(0.0, 0.4)
    together.learning_rate = 0.3
    assert [rate(o) for o in made] == pytest.approx([0.3, 0.3])


@pytest.mark.parametrize("policy", [FLOAT32, FLOAT16])
def test_rates_are_scaled_from_the_first_ones_also_beside_a_generator_at_rest(policy):
    together, made = group(0.0, 0.4, 0.1, policy=policy)
    for factor in (0.5, 0.25):
        together.scale_rates(factor)
        assert [rate(o) for o in made] == pytest.approx([0.0, 0.4 * factor, 0.1 * factor])


def test_the_group_shows_all_variables_and_the_generators_steps():
    together, made = group(0.1, 0.2, 0.3)
    assert together.iterations is made[0].iterations
    assert len(together.variables) == sum(len(o.variables) for o in made)
    together.build(variables())
    assert together.built and len(together.variables) == sum(len(o.variables) for o in made)
