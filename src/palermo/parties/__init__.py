"""Who takes part, and who may do what? States, regions, organisations; users, grants, permissions, audit."""
