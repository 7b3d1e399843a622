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
    "退回",
    "改派",
    "催办",
    "督办",
    "回访核实",
    "重办",
    "申请复查",
    "复查决定",
    "申请复核",
    "复核决定",
    "中止",
    "恢复",
    "听证开始",
    "听证结束",
)
REGISTER, TRANSFER, ASSIGN, ACCEPT, REFUSE, NOTIFY = range(6)
HANDLE, EXTEND, REPLY, CLOSE, WITHDRAW, TERMINATE = range(6, 12)
RETURN, REASSIGN, URGE, SUPERVISE, VERIFY, REDO = range(12, 18)
REVIEW_ASKED, REVIEW_DECIDED, RECHECK_ASKED, RECHECK_DECIDED = range(18, 22)
SUSPEND, RESUME, HEARING_STARTED, HEARING_ENDED = range(22, 26)

# The same steps in the words of the platform 民呼我为.
PLATFORM_STEPS = (
    "提交",
    "转交",
    "交办",
    "受理",
    "不受理",
    "告知",
    "办理",
    "延期",
    "答复",
    "办结",
    "撤回",
    "终结",
    "退回",
    "改派",
    "催办",
    "督办",
    "回访",
    "重办",
    "申请复查",
    "复查决定",
    "申请复核",
    "复核决定",
    "中止",
    "恢复",
    "听证开始",
    "听证结束",
)

OPINIONS = ("支持", "部分支持", "解释", "不予支持")
CONCLUSIONS = ("维持", "变更", "撤销", "一致", "不一致")
UPHELD, CHANGED, REVOKED, CONSISTENT, INCONSISTENT = range(5)

MODES = ("下访", "接访", "约访", "带案")
VISIT_STATES = ("已举行", "取消", "改期", "计划")
HELD, CANCELLED, MOVED, PLANNED = range(4)
MEDIA = ("报纸", "网站", "张贴", "短信", "客户端")

RECEPTION_OUTCOMES = ("当场化解", "受理", "交办", "解释", "引导")

TARGETS = ("责任单位", "信访部门")
METHODS = ("网上", "短信", "回访", "纸质")
RATINGS = ("满意", "基本满意", "不满意")
EXCLUSIONS = ("联系方式无效", "重复评价")

FINDINGS = ("已化解", "化解中", "列入接访", "移送")

CHARGE_OUTCOMES = ("已化解", "在办", "移交", "终结")
CHARGE_RESOLVED, ONGOING, HANDED_OVER, CHARGE_TERMINATED = range(4)
PROMISES = ("工程建设", "资金兑付", "手续办理", "政策完善", "其他")
VERIFIERS = ("信访部门", "督查部门", "信访人", "第三方")

LEVELS = ("村", "乡镇", "县")
REPORTERS = ("哨员", "居民", "网格员")

MEDIATION_KINDS = ("人民调解", "行政调解", "司法调解", "行业调解")
MEDIATION_RESULTS = ("调解成功", "调解不成", "撤回", "转诉讼", "移交上级")
AGREED, ESCALATED = 0, 4

COURT_LEVELS = ("基层", "中院", "高院")
INTERMEDIATE, HIGH = 1, 2
COURT_MATTERS = ("诉讼服务", "申诉申请再审", "执行", "工作人员作风", "其他")
COURT_OUTCOMES = ("释明", "转办", "救助", "再审", "终结")
COURT_NODES = (
    "扫描入库",
    "信访办理",
    "交转办",
    "司法救助",
    "结果反馈",
    "终结报备",
    "监督管理",
)
RELIEF_BANDS = ("无", "一万元以下", "一万至五万元", "五万元以上")

COUNTING = ("取号", "客流计数")
SECTORS = (
    "公积金",
    "人力社保",
    "医疗保障",
    "公安",
    "民政",
    "教育",
    "卫生健康",
    "税务",
    "市场监管",
    "自然资源",
    "不动产登记",
    "住房保障",
    "城市管理",
    "交通运输",
    "水利",
    "农业农村",
    "绿化林业",
    "生态环境",
    "应急管理",
    "消防",
    "文化旅游",
    "体育",
    "广播电视",
    "新闻出版",
    "司法行政",
    "公证",
    "残疾人服务",
    "退役军人",
    "供水",
    "供电",
    "供气",
    "通信",
    "邮政",
    "气象",
    "档案",
    "统计",
    "烟草",
)

CALENDAR_MODES = ("下访", "接访", "约访", "带案下访", "随时接访", "上门走访", "值守接访")
ANY_TIME, AT_THE_DOOR, ON_DUTY = 4, 5, 6
PLACES = ("接待大厅", "矛调中心", "乡镇（街道）", "村（社区）", "群众家中")

SUGGESTIONS = ("改进工作", "完善政策", "追究责任")
ADOPTIONS = ("采纳", "部分采纳", "未采纳")

YES_NO = ("否", "是")

SURNAMES = tuple(
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
    "彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
)
