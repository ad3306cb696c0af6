"""The planner: a 0-1 model of priced dates, solved to proven optimum, and explained."""
