"""What did each State answer? Cycles, answers, contributors, workflow, evidence, submissions."""
