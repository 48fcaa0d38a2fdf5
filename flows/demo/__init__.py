"""The invented programme of the demo, built through ordinary commands on a simulated clock."""
