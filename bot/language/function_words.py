"""Words that tell a language even in a short question full of English terms: "o TPM lidera time?" is Portuguese."""

from __future__ import annotations

_LISTS = {
    "en": """
        a about am an and any anyone are aren at be been but by can could did didn do does doesn doing don dont for
        from get gets give has have he hello her hey hi how i if im in into is isn it its just know like ll me much
        must my need needed not of on one or our out please pls r should so some someone tell than thanks that the
        their them there these they thing this those thx to u up ur us ve vs was we welcome were what whats when where
        which who whose why will with without would yo you your""",
    "de": """
        aber als am an auch auf aus bei beim bekomme bekommt bin bist bitte brauch brauche brauchen braucht da danke
        dankeschön das dass dein deine dem den denn der des dich die dir doch du durch ein eine einem einen einer er es
        euch euer eure für geht gehts gib gibt gibts hab habe haben habt hallo hast hat hier ich ihr ihre im in ist ja
        kann kannst kein keine kommt kriege kriegt könnt könnte lohnt mach machen macht man mehr mein meine mich mir
        mit moin muss musst müssen nach ne nen nicht nichts noch nur nötig ob oder ohne schon seid sein seit servus
        sich sie sind so soll sollte tschüss und uns unser unter viel viele vom von vor wann war warum was welche
        welchem welchen welcher welches wem wen wenn wer werde werden wie wieso wieviel will wir wird wo woher wohin
        worum wozu wäre zu zum zur zwischen über""",
    "fr": """
        ai alors alternance appelez appelle as au aucun aussi autre aux avec avez avoir bcp beaucoup bonjour bonsoir c
        ce cela ces cette ceux chez combien comme comment coucou d dans de depuis des dit dois doit donc du déjà elle
        en entre es est et etre eu faire fait faut gens j jamais je jsuis l la le les leur lui là ma mais me merci mes
        mettre moi mon n ne ni nos notre nous on ont ou où par pas peu peut peux plus pour pourquoi pouvez pq près puis
        qu quand que quel quelle quelles quelqu quels qui quoi s sa salut sans se sert ses si soit son sont stp suis
        sur svp t ta te tes toi tous tout toute trop très tu un une va vaut veut veux vos votre vous y ya à ça être
        """,
    "es": """
        a adiós al algo alguien alguna alguno aquí así buenas bueno buenos como con cual cuando cuanto cuál cuáles
        cuándo cuánta cuánto cuántos cómo de debo del desde donde días dónde e el ella en entonces entre eres es esa
        ese eso esta este esto estoy está están gracias ha hace hacen hacer hasta hay he hola la las le les lo los me
        mejor mi mis mucho muy más necesita necesito ni no nos o otra otro para pero pide piden podría por porfa porque
        puede pueden puedo pues q que quien quiero quién quiénes qué se sea ser si sin sirve sobre son soy su sus sé sí
        también te tener tengo tiene tienen tienes toca todo todos trabajan tu tú un una unos usa usan usted ustedes va
        vale y ya yo""",
    "pt": """
        a agora ainda algum alguma alguém ao aos aqui as até bem bom cadê com como consigo da das de dela dele devo do
        dos dá e ela ele em entre era essa esse esta este estou está eu existe faz fazem fazer faço foi galera gente há
        isso isto já la lá mais mas me melhor meu minha muito na nas nem no nos num numa não né o obrigada obrigado oi
        olá onde oq os ou para pede pedem pela pelo pfv pode podem por porque posso pra precisa preciso pro q quais
        qual quando quanto quantos que quem quero rola se sem ser serve será seu sou sua são só também tchau te tem
        tenho ter tipo tá tô um uma usa usam vai vale valeu vc vcs virar você vocês à às é""",
    "it": """
        a ad agli ai al alla alle anche anzi avere che chi ci ciao come con cosa cui da dal dalla de degli dei del
        della delle devi devo di dove e ed esiste fa fare gli grazie ha hai hanno ho i il in io la le lo ma mi mia mio
        molto nel nella non o per perché però più posso puoi può qualcuno quale quali quando quanti quanto questo
        quindi salve se sei senza serve servono si sono sta su sul tra tu un una uno va voi vorrei è""",
    "nl": """
        aan al als bedankt ben bent beter bij dan dank dat de deze die dit doe doen doet door dus een en er even gaat
        geen graag had hallo heb hebben heeft het hoe hoeveel hoi iemand ik in is ja je jij jullie kan kun kunnen lang
        maar mag me meer met mijn moet moeten na naar niet nodig nog of om ook op over te tot tussen uit van veel voor
        waar waarom wanneer wat we wel welke werkt wie wij wil worden wordt zijn zo zonder""",
}
_WORDS = {code: frozenset(words.casefold().split()) for code, words in _LISTS.items()}
LANGUAGES_OF_WORDS = {
    word: tuple(code for code, words in _WORDS.items() if word in words) for word in frozenset().union(*_WORDS.values())
}
"""By casefolded word; the languages' own codes, without a region."""
