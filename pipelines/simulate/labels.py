"""The Chinese words that the exports write, in the order of the numbers used inside the simulator.

The sources' mapping files translate them back. Order matters: an index into a tuple is how a
column is held until it is written.
"""

CHANNELS = ("来信", "来访", "电话", "网上", "网格", "哨点", "下访现场")
LETTER, VISIT, PHONE, ONLINE, GRID, SENTINEL, LEADER_VISIT = range(7)

PURPOSES = ("求决", "申诉", "意见建议", "揭发控告", "咨询", "其他")

CONTENTS = (
    "城乡建设",
    "农村农业",
    "国土资源",
    "劳动和社会保障",
    "教育文体",
    "卫生计生",
    "经济管理",
    "民政",
    "政法",
    "交通运输",
    "环境保护",
    "商贸旅游",
    "组织人事",
    "纪检监察",
    "党务政务",
    "科技与信息产业",
    "其他",
)

TIERS = ("省", "市", "县", "乡镇", "村")
PROVINCE, CITY, COUNTY, TOWNSHIP, VILLAGE = range(5)

STEPS = (
    "登记",
    "转送",
    "交办",
    "受理",
    "不予受理",
    "告知",
    "办理",
    "延期",
    "答复",
    "办结",
    "撤回",
    "终结",
)
REGISTER, TRANSFER, ASSIGN, ACCEPT, REFUSE, NOTIFY = range(6)
HANDLE, EXTEND, REPLY, CLOSE, WITHDRAW, TERMINATE = range(6, 12)

OPINIONS = ("支持", "部分支持", "解释", "不予支持")

MODES = ("下访", "接访", "约访", "带案")
VISIT_STATES = ("已举行", "取消", "改期", "计划")
HELD, CANCELLED, MOVED, PLANNED = range(4)
MEDIA = ("报纸", "网站", "张贴", "短信", "客户端")

RECEPTION_OUTCOMES = ("当场化解", "受理", "交办", "解释", "引导")

TARGETS = ("责任单位", "信访部门")
METHODS = ("网上", "短信", "回访", "纸质")
RATINGS = ("满意", "基本满意", "不满意")
EXCLUSIONS = ("联系方式无效", "重复评价")

YES_NO = ("否", "是")

SURNAMES = tuple(
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
    "彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
)
