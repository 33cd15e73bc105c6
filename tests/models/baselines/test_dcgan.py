import numpy as np
from small_baselines import inputs_for, small


def test_compiles_as_the_paper():
    model = small("dcgan")
    model.compile()
    adam = model.generator_optimizer
    assert float(adam.learning_rate) == np.float32(2e-4) and adam.beta_1 == 0.5
    assert model.recipe.adversarial_loss == "bce" and model.recipe.discriminator_steps == 1
    assert model.recipe.mismatched is None and model.recipe.ema_decay == 0.0


def test_noise_is_uniform_in_training_and_generating():
    model = small("dcgan", latent_dim=500)
    model.compile(run_eagerly=True)
    for noise in (inputs_for(model, rows=40)["noise"], model.draw_noise(40, seed=1)["noise"]):
        noise = np.asarray(noise)
        assert noise.shape == (40, 500) and -1 < noise.min() < -0.999 and 0.999 < noise.max() < 1
        # Of a uniform variable between -1 and 1: 1/3 and 1/5.
        assert abs((noise**2).mean() - 1 / 3) < 0.01 and abs((noise**4).mean() - 1 / 5) < 0.01


def test_generator_begins_with_kernels_of_small_deviation():
    model = small("dcgan", generator_filters=16, latent_dim=100)
    kernels = [w.numpy() for w in model.generator.trainable_variables if w.name == "kernel"]
    for kernel in kernels:
        assert abs(kernel.std() - 0.02) < 0.002 and abs(kernel.mean()) < 0.002
    assert len(kernels) == 3
