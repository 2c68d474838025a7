"""The project as its users meet it: commands in processes of their own, messages, the browser."""
