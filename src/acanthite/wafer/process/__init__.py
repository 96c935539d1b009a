"""The process: flow and traveller, thermal budget, cross-sections."""
