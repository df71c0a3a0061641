def render(b):
    return ""
