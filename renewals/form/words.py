"""The words of the paper, in Kazakh and Russian.

They stand here as a table and not in the catalogues: the paper is bilingual by law, so both
languages are on it, whatever language its reader has chosen in the cabinet, and English is not.
That every string is translatable holds for everything else that people see, not for this paper.
"""

from dataclasses import dataclass

from pki.certificate import Purpose, Role, Storage
from renewals.machine import State


@dataclass(frozen=True)
class Words:
    """The same in both languages."""

    kk: str
    ru: str

    def fill(self, **facts: str) -> "Words":
        """Put facts into both, where `{name}` stands."""
        return Words(self.kk.format(**facts), self.ru.format(**facts))


TITLE = Words(
    "Тіркеу куәлігін ұзарту туралы өтініш",
    "Заявление о продлении регистрационного свидетельства",
)
CABINET = Words("ЭЦҚ кабинеті", "Кабинет ЭЦП")
NUMBER = Words("Өтінім нөмірі", "Номер заявки")
SUBMITTED = Words("Берілген уақыты", "Подана")
STATE = Words("Күйі", "Состояние")
PAGE = Words("{number} өтінім", "Заявка {number}")

APPLICANT = Words("Өтініш беруші", "Заявитель")
NAME = Words("Аты-жөні", "ФИО")
FULL_NAME = Words("Тегі, аты, әкесінің аты", "Фамилия, имя, отчество")
IIN = Words("ЖСН", "ИИН")
ORGANISATION = Words("Ұйым", "Организация")
BIN = Words("БСН", "БИН")
ROLE = Words("Рөлі", "Роль")
STORAGE = Words("Кілт қоймасы", "Хранилище ключа")

CERTIFICATE = Words(
    "Ұзартылатын тіркеу куәлігі: {purpose}", "Продлеваемое свидетельство: {purpose}"
)
ISSUER = Words("Шығарушы", "Издатель")
SERIAL = Words("Куәлік нөмірі", "Номер свидетельства")
TERM = Words("Мерзімі", "Срок действия")
NEW_KEY = Words("Жаңа кілт", "Новый ключ")
# Labels of digests stand on one line, so that one mention of the method serves both languages.
REQUEST = Words("Сұрау", "Запрос (SHA-256)")
NEW_SERIAL = Words("Жаңа нөмір", "Новый номер")
NEW_TERM = Words("Жаңа мерзім", "Новый срок")

ASKED = Words("Өтініш және растау", "Просьба и подтверждение")
ASKING = Words(
    "Жоғарыда аталған куәліктердің орнына жаңа тіркеу куәліктерін беруді сұраймын. Олардағы "
    "деректердің дұрыстығын, ал қазіргі кілттің өзімде екенін, жоғалмағанын және ешкімге "
    "берілмегенін растаймын.",
    "Прошу выпустить новое регистрационное свидетельство взамен каждого названного выше. "
    "Подтверждаю, что данные в них верны, а действующий ключ не утерян, находится у меня и "
    "другим лицам не передавался.",
)

SIGNATURE = Words("Өтініш берушінің электрондық қолтаңбасы", "Электронная подпись заявителя")
SIGNER = Words("Қол қойған адам", "Кто подписал")
VERIFIED = Words("Тексерілді", "Подпись проверена")
SIGNED_TEXT = Words("Мәтін", "Текст (SHA-256)")
CMS = Words("Қолтаңба", "Подпись (SHA-256)")

DOCUMENTS = Words("Қоса берілген құжаттар", "Приложенные документы")

DECISION = Words("Ұйымның шешімі", "Решение организации")
APPROVED = Words("Расталды", "Подтверждено")
REJECTED = Words("Бас тартылды", "Отклонено")
DECIDER = Words("Шешім қабылдаған адам", "Кто решил")
RIGHT = Words("Қандай құқықпен", "По какому праву")
DECIDED = Words("Шешім уақыты", "Время решения")
REASON = Words("Себебі", "Причина")
NOTE = Words("Түсіндірме", "Пояснение")
SIGNED_LIST = Words(
    "Қол қойылған тізім (SHA-256)",
    "Подписанный список (SHA-256)",
)

OPERATOR_DECISION = Words("Оператордың шешімі", "Решение оператора")

ON_PAPER = Words("Қағазда растау", "Подтверждение на бумаге")
FOR_WHOM = Words(
    "Порталда емес, қағазда растайтындар үшін. Бірінші басшы немесе сенімхат бойынша өкілі "
    "толтырады.",
    "Для тех, кто подтверждает на бумаге, а не на портале. Заполняет первый руководитель или "
    "его представитель по доверенности.",
)
# Names what it is about: a page with a signature must not fit another application.
CONFIRMING = Words(
    "№ {number} өтінімді растаймын. {name} ұйымда жұмыс істейді, осы атқа ұйымның тіркеу "
    "куәлігін беруді сұраймын.",
    "Подтверждаю заявку № {number}. {name} работает в организации, прошу выпустить на это имя "
    "регистрационное свидетельство организации.",
)
POSITION = Words("Лауазымы немесе сенімхат №, күні", "Должность или доверенность №, дата")
HAND = Words("Қолы", "Подпись")
DAY = Words("Күні", "Дата")
SEAL = Words("М.О.", "М.П.")

CHECK = Words("Тексеру", "Проверка")
AS_OF = Words("мәліметтер уақыты", "сведения на")
QR = Words("QR-код: {address}", "QR-код: {address}")

STATES: dict[State, Words] = {
    State.DRAFT: Words("Жоба", "Черновик"),
    State.AWAITING_APPROVAL: Words("Растауды күтуде", "Ждёт подтверждения"),
    State.APPROVED: Words("Куәлік беріліп жатыр", "Свидетельство выпускается"),
    State.ISSUING: Words("Куәлік беріліп жатыр", "Свидетельство выпускается"),
    State.ISSUED: Words("Куәлік берілді", "Свидетельство выпущено"),
    State.INSTALLED: Words("Жаңа қолтаңба орнатылды", "Новая подпись установлена"),
    State.FAILED: Words("Куәлікті беру мүмкін болмады", "Выпустить свидетельство не получилось"),
    State.REJECTED: Words("Өтінімнен бас тартылды", "Заявка отклонена"),
    State.WITHDRAWN: Words("Өтінім қайтарып алынды", "Заявка отозвана"),
    State.LAPSED: Words("Өтінімнің мерзімі өтті", "Срок заявки истёк"),
}
PURPOSES: dict[str, Words] = {
    Purpose.AUTH.value: Words("кіруге (AUTH)", "для входа (AUTH)"),
    Purpose.SIGN.value: Words("қол қоюға (SIGN)", "для подписи (SIGN)"),
    Purpose.COMBINED.value: Words("кіруге және қол қоюға", "для входа и подписи"),
}
STORAGES: dict[str, Words] = {
    Storage.FILE.value: Words("компьютердегі файл", "файл на компьютере"),
    Storage.TOKEN.value: Words("токен", "токен"),
    Storage.ID_CARD.value: Words("жеке куәлік", "удостоверение личности"),
}
ROLES: dict[str, Words] = {
    Role.HEAD.value: Words("бірінші басшы", "первый руководитель"),
    Role.HR.value: Words(
        "өтінімдерді растау құқығы бар кадр қызметкері",
        "сотрудник кадровой службы с правом подтверждать заявки",
    ),
    Role.SIGNING_RIGHT.value: Words("қол қою құқығы бар қызметкер", "сотрудник с правом подписи"),
    Role.FINANCIAL_RIGHT.value: Words(
        "қаржы құжаттарына қол қою құқығы бар қызметкер",
        "сотрудник с правом подписи финансовых документов",
    ),
    Role.EMPLOYEE.value: Words("ұйымның қызметкері", "сотрудник организации"),
}
INDIVIDUAL = Words("жеке тұлға", "физическое лицо")
# By the values of `DocumentKind`, `Right` and `RejectionReason`, which live with the database and
# the services; a test holds them together.
KINDS: dict[str, Words] = {
    "application_form": Words("Қол қойылған өтініш", "Подписанное заявление"),
    "identity_card": Words("Жеке куәлік", "Удостоверение личности"),
    "power_of_attorney": Words("Сенімхат", "Доверенность"),
    "registration": Words(
        "Заңды тұлғаны тіркеу куәлігі", "Свидетельство о регистрации юридического лица"
    ),
    "other": Words("Басқа құжат", "Другой документ"),
}
RIGHTS: dict[str, Words] = {
    "head": Words("бірінші басшы", "первый руководитель"),
    "hr": Words(
        "растау құқығы бар кадр қызметкері", "сотрудник кадровой службы с правом подтверждать"
    ),
    "delegation": Words(
        "табысталған құқық (кімнен: {giver}; {until} дейін)",
        "переданное право (от кого: {giver}; до {until})",
    ),
    "power_of_attorney": Words("сенімхат ({until} дейін)", "доверенность (до {until})"),
}
REASONS: dict[str, Words] = {
    "not_ours": Words("Ұйымда енді жұмыс істемейді", "Больше не работает в организации"),
    "not_needed": Words(
        "Жұмыста электрондық қолтаңба керек емес", "Электронная подпись на работе не нужна"
    ),
    "wrong_data": Words("Деректері немесе рөлі қате", "Данные или роль указаны неверно"),
    "documents": Words("Құжаттар жоқ немесе қате", "Документов не хватает или они неверны"),
    "other": Words("Басқа себеп", "Другая причина"),
}


def words_for(table: dict[str, Words], key: str) -> Words:
    """From a table above; what stands in none of them is shown as it is."""
    return table.get(key, Words(key, key))
