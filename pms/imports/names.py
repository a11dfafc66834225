"""Made-up people, for generated bookings and for files whose guests were made nameless. Pure and deterministic."""

from __future__ import annotations

import unicodedata
from random import Random

Names = tuple[str, str, str, str]
"""Men's and women's first names, men's and women's last names; blank-separated."""

_NAMES: dict[str, Names] = {
    "LT": (
        "Jonas Mantas Lukas Tomas Paulius Domas Rokas Andrius Vytautas Karolis Šarūnas Gediminas Žygimantas Ąžuolas",
        "Rūta Eglė Gabija Austėja Ieva Milda Aistė Justina Živilė Giedrė Viktorija Ugnė Jūratė Šarūnė",
        "Kazlauskas Petrauskas Jankauskas Stankevičius Žukauskas Butkus Balčiūnas Urbonas Čepaitis Šimkus Grigas",
        "Kazlauskienė Petrauskaitė Jankauskienė Stankevičiūtė Žukauskaitė Butkienė Balčiūnaitė Urbonienė Čepaitytė Grigaitė",
    ),
    "LV": (
        "Jānis Andris Juris Edgars Mārtiņš Kristaps Artūrs Raivis",
        "Anna Kristīne Inese Ilze Līga Zane Elīna Dace",
        "Bērziņš Kalniņš Ozoliņš Jansons Liepiņš Krūmiņš Balodis",
        "Bērziņa Kalniņa Ozoliņa Jansone Liepiņa Krūmiņa Balode",
    ),
    "EE": (
        "Rasmus Martin Kristjan Tõnu Jaan Siim Priit",
        "Liis Kadri Maarja Piret Kristiina Tiina Anu",
        "Tamm Saar Sepp Mägi Kask Kukk Rebane Ilves",
        "",
    ),
    "PL": (
        "Piotr Tomasz Michał Krzysztof Paweł Łukasz Jakub Wojciech",
        "Agnieszka Katarzyna Małgorzata Ewa Zofia Magdalena Joanna",
        "Nowak Kowalski Wiśniewski Wójcik Lewandowski Zieliński Szymański",
        "Nowak Kowalska Wiśniewska Wójcik Lewandowska Zielińska Szymańska",
    ),
    "DE": (
        "Stefan Thomas Andreas Jürgen Lukas Felix Matthias Uwe",
        "Anna Sabine Claudia Julia Petra Lena Katrin Ursula",
        "Müller Schmidt Schneider Fischer Weber Becker Hoffmann Schäfer Köhler",
        "",
    ),
    "FI": (
        "Mikko Juha Antti Ville Heikki Timo",
        "Anna Tiina Sanna Päivi Hanna Kaisa",
        "Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine",
        "",
    ),
    "SE": (
        "Erik Lars Anders Johan Karl Björn",
        "Anna Eva Maria Karin Sara Åsa",
        "Andersson Johansson Karlsson Nilsson Eriksson Lindström Sjöberg",
        "",
    ),
    "GB": (
        "James Oliver Harry George Thomas William Peter Andrew",
        "Emma Olivia Sophie Charlotte Grace Helen Alice Lucy",
        "Smith Jones Taylor Brown Wilson Davies Evans Thompson Wright Walker",
        "",
    ),
    "FR": (
        "Jean Pierre Michel Philippe Julien Nicolas Luc",
        "Marie Camille Sophie Isabelle Claire Élodie Chloé",
        "Martin Bernard Dubois Thomas Robert Richard Lefèvre Moreau",
        "",
    ),
    "NL": (
        "Jan Pieter Willem Bram Daan Sander",
        "Anouk Sanne Femke Lotte Marieke Eva",
        "Jansen Bakker Visser Smit Meijer Mulder",
        "",
    ),
    "IT": (
        "Marco Luca Giuseppe Andrea Matteo Paolo",
        "Giulia Francesca Chiara Elena Sara Laura",
        "Rossi Russo Ferrari Esposito Bianchi Romano Ricci",
        "",
    ),
    "ES": (
        "Javier Carlos Miguel Antonio Pablo Sergio",
        "Carmen Lucía Marta Elena Paula Sofía",
        "García Martínez López Sánchez Pérez Gómez Ruiz",
        "",
    ),
    "PT": (
        "João Pedro Miguel Tiago Rui Nuno André",
        "Maria Ana Inês Beatriz Joana Sofia Catarina",
        "Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Gonçalves",
        "",
    ),
    "IE": (
        "Conor Sean Patrick Liam Declan",
        "Aoife Niamh Ciara Siobhán Orla",
        "Murphy Kelly O'Sullivan Walsh O'Brien Byrne Ryan",
        "",
    ),
    "US": (
        "Michael David Chris Jason Brian",
        "Jennifer Jessica Ashley Amanda Megan",
        "Johnson Williams Miller Davis Anderson Moore Clark",
        "",
    ),
}

COUNTRIES = tuple(_NAMES)


def invented(country: str, chance: Random) -> tuple[str, str]:
    """A first and last name as they are borne in that country (ISO 3166-1 alpha-2), English ones where we know none."""
    men, women, lasts, womens_lasts = _NAMES.get(country, _NAMES["GB"])
    woman = chance.random() < 0.5
    first = chance.choice((women if woman else men).split())
    return first, chance.choice((womens_lasts if woman and womens_lasts else lasts).split())


def address(first: str, last: str, number: int) -> str:
    """An e-mail address that cannot reach anybody."""
    plain = unicodedata.normalize("NFKD", f"{first}.{last}".lower().replace("ł", "l").replace("'", ""))
    return f"{plain.encode('ascii', 'ignore').decode()}{number}@example.com"
