"""The mistakes that public solutions of this homework made, each with a test that fails when nnlib makes it.

Of the list at the end of the handout; the one that is missing, a VGG without activations, is no matter of these tests.
"""

from pathlib import Path

import pytest

MISTAKES = {
    "hinge loss divided by the active examples": (
        "test_losses.py",
        "test_svm_by_hand_examples_outside_the_margin_count_in_the_mean",
    ),
    "softmax without the max shift": ("test_losses.py", "test_scores_of_1e4_neither_overflow_nor_lose_the_loss"),
    "labels overwritten in place": (
        "layers/test_layer_contract.py",
        "test_arguments_are_left_as_they_were_and_a_second_call_gives_the_same",
    ),
    "labels {0,1} read as {-1,+1}": ("test_losses.py", "test_both_conventions_of_binary_labels_mean_the_same"),
    "transposed dW": ("layers/test_fully_connected.py", "test_a_batch_of_two_by_hand"),
    "un-averaged dW": ("test_models.py", "test_a_two_layer_svm_by_hand"),
    "batch-norm dX without the mean term": ("layers/test_batch_norm.py", "test_three_examples_by_hand"),
    "batch-norm dX without the variance term": ("layers/test_batch_norm.py", "test_training_is_the_slow_loops"),
    "momentum on the wrong side": (
        "layers/test_batch_norm.py",
        "test_running_statistics_keep_the_momentum_side_and_the_biased_variance",
    ),
    "best weights without their statistics": (
        "solver/test_solver_restore.py",
        "test_the_best_snapshot_holds_parameters_and_state_and_a_tie_keeps_the_earlier",
    ),
    "dropout active or not scaled at test time": (
        "layers/test_dropout.py",
        "test_testing_scales_by_p_and_drops_nothing",
    ),
    "kernel flipped in the forward pass": ("layers/test_conv.py", "test_the_layer_by_hand"),
    "gradient to every tied maximum": ("layers/test_max_pool.py", "test_a_tie_goes_to_the_first_in_row_major_order"),
    "minibatches with replacement": ("solver/test_solver.py", "test_an_epoch_is_one_permutation_cut_into_batches"),
    "test set used during tuning": ("solver/test_solver_data.py", "test_the_solver_never_sees_the_test_set"),
}


@pytest.mark.parametrize("test", MISTAKES.values(), ids=MISTAKES)
def test_every_known_mistake_has_its_test(test):
    file, name = test
    assert f"\ndef {name}(" in (Path(__file__).parents[1] / file).read_text(encoding="utf-8")
