"""What works, and what is refused, where TensorFlow cannot be imported."""


def test_training_without_tensorflow_is_one_clear_error(run_without_tensorflow):
    printed = run_without_tensorflow(
        """
        from keras_stackgan import StackGANv2

        model = StackGANv2(
            image_sizes=(16,), generator_filters=2, discriminator_filters=2, embedding_dim=4
        )
        try:
            model.compile()
        except RuntimeError as error:
            print(error)
        """
    )
    assert "'tensorflow' backend" in printed and "'jax'" in printed
    assert "KERAS_BACKEND=tensorflow" in printed


def test_a_refused_compile_leaves_the_stage_as_it_was():
    from small_models import small_v1, small_v2

    first = small_v1()
    second = small_v2()
    for model, bad in ((first, {"stage": 2}), (second, {"frozen_stages": 1})):
        model.compile()
        labels = model.stage_labels
        try:
            model.compile(adversarial_loss="none of these", **bad)
        except ValueError as error:
            assert "adversarial_loss" in str(error)
        assert model.stage_labels == labels
        assert len(model.discriminator_optimizers) == len(model.active_discriminators)
