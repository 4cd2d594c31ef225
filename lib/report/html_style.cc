#include "report/html.h"

namespace assay::html {

std::string_view style() {
  return R"css(
:root{color-scheme:light dark;
--page:#f6f5f2;--card:#fff;--ink:#1d2126;--soft:#5b636d;--line:#e1dfd9;--code:#f1efe9;
--passed:#17703a;--passed-bg:#e4f3e8;--failed:#b3261e;--failed-bg:#fbe7e4;--indeterminate:#8a5a00;--indeterminate-bg:#fdf1d6;
--info:#48607a;--info-bg:#e8eef5;
--part-member:#3b6fb6;--part-metadata:#8a63b8;--part-padding:#b9b4a8;--part-signature:#1f8a80;--part-unknown:#c4352b;
--t0:#3b6fb6;--t1:#1f8a80;--t2:#b7791f;--t3:#8a63b8;--t4:#5f8a3a;--t5:#b0517d;--t6:#4d7f9c;--t7:#b9b4a8}
@media (prefers-color-scheme:dark){:root{
--page:#14171b;--card:#1c2026;--ink:#e5e7ea;--soft:#9aa3ad;--line:#2f353d;--code:#262b32;
--passed:#5ccb82;--passed-bg:#15301f;--failed:#ff8a80;--failed-bg:#3a1a18;--indeterminate:#eab54d;--indeterminate-bg:#352a10;
--info:#9db8d6;--info-bg:#1f2a36;
--part-member:#6f9fe0;--part-metadata:#b394de;--part-padding:#5f646b;--part-signature:#4dbcb0;--part-unknown:#f0685e;
--t0:#6f9fe0;--t1:#4dbcb0;--t2:#dda24a;--t3:#b394de;--t4:#93be6b;--t5:#dd88b2;--t6:#7fb2d0;--t7:#5f646b}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
main,header,footer,nav{max-width:60rem;margin:0 auto;padding:0 1.25rem}
code,.mono{font:.875em/1.5 ui-monospace,"SF Mono",Menlo,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
p>code,li>code,dd>code,td>code{background:var(--code);border-radius:4px;padding:.08em .35em}
a{color:inherit;text-underline-offset:.18em}
.passed{--tone:var(--passed);--tone-bg:var(--passed-bg)}
.failed{--tone:var(--failed);--tone-bg:var(--failed-bg)}
.indeterminate{--tone:var(--indeterminate);--tone-bg:var(--indeterminate-bg)}
.info{--tone:var(--info);--tone-bg:var(--info-bg)}
header{padding-top:2rem}
header .digests{grid-template-columns:auto minmax(0,1fr);align-items:baseline;margin-top:.4rem}
.stamp{display:flex;gap:1.25rem;align-items:center;background:var(--tone-bg);border:1px solid var(--tone);border-radius:14px;padding:1.25rem 1.4rem}
.stamp svg{flex:none;width:4.5rem;height:4.5rem;fill:none;stroke:var(--tone);stroke-width:2.5;stroke-linecap:round;stroke-linejoin:round}
.stamp h1{margin:0;font-size:1.9rem;line-height:1.15;letter-spacing:.01em;color:var(--tone)}
.stamp h1 small{display:block;margin-top:.3rem;font-size:1.05rem;font-weight:600;letter-spacing:0;color:var(--ink);overflow-wrap:anywhere}
.stamp p{margin:.35rem 0 0}
.alarm{background:var(--failed);color:var(--card);border-radius:14px;padding:.9rem 1.4rem;margin:0 0 1rem;font-weight:600}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.2rem 1.5rem;margin:1.1rem 0 0}
.facts div{padding:.25rem 0;min-width:0}
dt{color:var(--soft);font-size:.8rem}
dd{margin:0;overflow-wrap:anywhere}
nav{margin-top:1.25rem;display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;font-size:.9rem;color:var(--soft)}
section{margin-top:2.25rem}
h2{font-size:1.15rem;margin:0 0 .7rem}
h3{font-size:1rem;margin:0;overflow-wrap:anywhere}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem 1.2rem;margin:0 0 .8rem;min-width:0}
.card.edge{border-left:5px solid var(--tone)}
.rows{list-style:none;margin:0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:12px}
.rows>li{display:grid;grid-template-columns:1.5rem 11rem minmax(0,1fr);gap:0 .7rem;padding:.6rem 1rem;border-top:1px solid var(--line)}
.rows>li:first-child{border-top:0}
.rows>li>*{min-width:0;overflow-wrap:anywhere}
.rows .mark{color:var(--tone);font-weight:700;text-align:center}
.rows .what{font-weight:600}
.rows .bad{background:var(--tone-bg)}
.hint{color:var(--soft);font-size:.92rem;margin:.25rem 0 0}
.badge{display:inline-block;border-radius:999px;padding:.05rem .65rem;font-size:.78rem;font-weight:600;color:var(--tone);background:var(--tone-bg);border:1px solid var(--tone);vertical-align:.08em;white-space:nowrap}
.sub{color:var(--soft);font-size:.9rem}
.card p{margin:.45rem 0 0}
.do{border-top:1px dashed var(--line);padding-top:.5rem}
.places{list-style:none;margin:.6rem 0 0;padding:0}
.places li{padding:.35rem 0;border-top:1px solid var(--line)}
.places .ctx{display:block;background:var(--code);border-radius:6px;padding:.35rem .6rem;margin-top:.25rem;white-space:pre-wrap}
summary{cursor:pointer}
details.more{margin-top:.5rem}
details.more>summary{color:var(--soft);font-size:.9rem}
.bar{display:block;width:100%;height:2.1rem;border-radius:8px;background:var(--code);margin:.4rem 0 .2rem}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.15rem 1.4rem;margin:.4rem 0 0;padding:0;font-size:.9rem}
.legend svg{width:.8rem;height:.8rem;margin-right:.45rem;vertical-align:-.06rem}
.legend b{font-weight:600}
.p-member{fill:var(--part-member)}.p-metadata{fill:var(--part-metadata)}.p-padding{fill:var(--part-padding)}.p-signature{fill:var(--part-signature)}.p-unknown{fill:var(--part-unknown)}
.t0{fill:var(--t0)}.t1{fill:var(--t1)}.t2{fill:var(--t2)}.t3{fill:var(--t3)}.t4{fill:var(--t4)}.t5{fill:var(--t5)}.t6{fill:var(--t6)}.t7{fill:var(--t7)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.8rem;margin:0 0 .8rem}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.7rem 1rem}
.tiles b{display:block;font-size:1.35rem;line-height:1.2;font-variant-numeric:tabular-nums}
.tree,.tree ul{list-style:none;margin:0;padding:0}
.tree ul{margin-left:.55rem;padding-left:.85rem;border-left:1px solid var(--line)}
.tree summary{padding:.16rem 0;list-style:none}
.tree summary::-webkit-details-marker{display:none}
.tree summary .line,.tree .leaf{display:flex;flex-wrap:wrap;gap:0 .8rem;align-items:baseline}
.tree .label{flex:1 1 14rem;min-width:0;overflow-wrap:anywhere}
.tree .dir>summary .label{font-weight:600}
.tree .label::before{content:"\25B8";display:inline-block;width:1.1rem;color:var(--soft);font-weight:400}
.tree [open]>summary .label::before{content:"\25BE"}
.tree .kind{color:var(--soft);font-size:.85rem}
.tree .bytes{flex:none;min-width:5.2rem;text-align:right;color:var(--soft);font-size:.85rem;font-variant-numeric:tabular-nums}
.tree .hit>summary .label{color:var(--failed)}
.tree dl{margin:.1rem 0 .5rem 1.1rem;font-size:.88rem}
.digests{display:grid;grid-template-columns:9rem minmax(0,1fr);gap:.3rem 1rem;margin:0}
.digests dt{font-size:.9rem}
.entries{list-style:none;margin:0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:12px}
.entries>li{border-top:1px solid var(--line);overflow-wrap:anywhere}
.entries>li:first-child{border-top:0}
.entries .line{display:grid;grid-template-columns:4.8rem 11.5rem 8.5rem minmax(0,1fr);gap:0 .8rem;padding:.5rem 1rem;align-items:baseline}
.entries .wide{grid-template-columns:8rem 11.5rem 11.5rem minmax(0,1fr)}
.entries summary{list-style:none}
.entries summary .number::before{content:"\25B8";display:inline-block;width:1.1rem;color:var(--soft);font-weight:400}
.entries [open]>summary .number::before{content:"\25BE"}
.entries summary::-webkit-details-marker{display:none}
.entries [open]>summary{background:var(--code)}
.entries .number{font-weight:600;font-variant-numeric:tabular-nums}
.entries time{color:var(--soft);font-size:.88rem;font-variant-numeric:tabular-nums}
.entries .badge{justify-self:start;white-space:normal}
.entries .more{padding:.2rem 1rem 1rem}
pre{background:var(--code);border-radius:6px;padding:.6rem .8rem;margin:.6rem 0 0;white-space:pre-wrap;overflow-wrap:anywhere;font:.8rem/1.5 ui-monospace,"SF Mono",Menlo,"DejaVu Sans Mono",monospace}
footer{margin-top:2.5rem;padding-bottom:3rem;color:var(--soft);font-size:.88rem}
@media (max-width:40rem){
body{font-size:15px}
main,header,footer,nav{padding-left:.9rem;padding-right:.9rem}
header{padding-top:1rem}
.stamp{padding:1rem;gap:.9rem;align-items:flex-start}
.stamp svg{width:3rem;height:3rem}
.stamp h1{font-size:1.45rem}
.rows>li{grid-template-columns:1.3rem minmax(0,1fr);padding:.6rem .8rem}
.rows .why{grid-column:2}
.digests{grid-template-columns:minmax(0,1fr);gap:0}
header .digests{grid-template-columns:minmax(0,1fr)}
.digests dd{margin-bottom:.5rem}
.entries .line,.entries .wide{grid-template-columns:4.8rem minmax(0,1fr);gap:.1rem .6rem;padding:.55rem .8rem}
.entries .line>:nth-child(n+3){grid-column:2}
.tree ul{margin-left:.3rem;padding-left:.55rem}
.tree .label{flex-basis:100%}
.tree .bytes{min-width:0;text-align:left}
.tree .kind{margin-left:1.1rem}
}
@media print{
:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--code:#f2f2f2;
--passed:#17703a;--passed-bg:#fff;--failed:#b3261e;--failed-bg:#fff;--indeterminate:#8a5a00;--indeterminate-bg:#fff;--info:#48607a;--info-bg:#fff}
body{font-size:10.5pt}
nav{display:none}
main,header,footer{max-width:none;padding:0}
.card,.rows>li,.stamp{break-inside:avoid}
h2{break-after:avoid}
.bar,.legend svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}
details::details-content{content-visibility:visible;block-size:auto}
}
)css";
}

}  // namespace assay::html
