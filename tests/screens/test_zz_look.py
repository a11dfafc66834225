from pms.kernel.db import work
def test_look(sign_in, cast, seaside, octaspace):
    page = sign_in(cast.olga)
    msgs=[]
    page.on("console", lambda m: msgs.append(m.text)); page.on("requestfailed", lambda r: msgs.append(r.url))
    page.goto("/imports"); page.wait_for_timeout(12000)
    page.screenshot(path="/tmp/imp/a.png"); print(msgs[:20]); print(page.content()[-3000:])
    print((octaspace.logs/"web.log").read_text()[-6000:])
